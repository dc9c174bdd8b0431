/// <reference lib="dom" />
/**
 * The editor of a cell.
 *
 * @module
 */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  type CompletionContext,
  completionKeymap,
  type CompletionResult,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentMore } from "@codemirror/commands";
import { javascript, javascriptLanguage } from "@codemirror/lang-javascript";
import { bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { EditorView, keymap, showTooltip, type Tooltip } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { markdown } from "./markdown.ts";

/** What an editor is made of. */
export interface EditorOptions {
  /** The code to begin with. */
  readonly code: string;
  /** What it is called for those who do not see it. */
  readonly label: string;
  /** Hears of each change. */
  changed(code: string): void;
  /** Runs the cell; `next`: and goes on to the next. */
  run(next: boolean): void;
  /** What is known at a place, as Markdown. */
  explain(code: string, at: number): Promise<string | undefined>;
  /** What fits at a place. */
  suggest(code: string, at: number): Promise<CompletionResult | null>;
}

const setExplanation = StateEffect.define<{ at: number; text: string } | null>();

/** The documentation that is shown, until the reader goes on. */
const explanation = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setExplanation)) continue;
      if (effect.value === null) return null;
      const { at, text } = effect.value;
      return { pos: at, above: false, create: () => ({ dom: explanationBox(text) }) };
    }
    return transaction.docChanged || transaction.selection ? null : shown;
  },
  provide: (field) => showTooltip.from(field),
});

function explanationBox(text: string): HTMLElement {
  const box = markdown(text);
  box.className = "cm-explanation";
  box.setAttribute("role", "tooltip");
  box.tabIndex = 0;
  return box;
}

/** Shift-Tab: what stands in the documentation about the name at the cursor. */
function explaining({ explain }: EditorOptions) {
  return (view: EditorView): boolean => {
    const at = view.state.selection.main.head, { doc } = view.state;
    explain(doc.toString(), at).then((text) => {
      if (view.state.doc !== doc) return;
      const shown = text ?? "Nothing is known about what stands here.";
      view.dispatch({ effects: setExplanation.of({ at, text: shown }) });
    });
    return true;
  };
}

/** Tab behind a letter completes; at the beginning of a line it indents. */
function tab(view: EditorView): boolean {
  const { from, empty } = view.state.selection.main;
  const line = view.state.doc.lineAt(from), before = line.text.slice(0, from - line.from);
  return empty && /[\w$.]$/.test(before) ? startCompletion(view) : indentMore(view);
}

function close(view: EditorView): boolean {
  if (view.state.field(explanation) === null) return false;
  view.dispatch({ effects: setExplanation.of(null) });
  return true;
}

/** An editor in `parent`. */
export function editor(parent: HTMLElement, options: EditorOptions): EditorView {
  const running = (next: boolean) => () => (options.run(next), true);
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: options.code,
      extensions: [
        history(),
        javascript({ typescript: true }),
        javascriptLanguage.data.of({
          autocomplete: ({ state, pos }: CompletionContext) =>
            options.suggest(state.doc.toString(), pos),
        }),
        autocompletion({ activateOnTyping: false }),
        closeBrackets(),
        bracketMatching(),
        syntaxHighlighting(classHighlighter),
        indentUnit.of("  "),
        explanation,
        keymap.of([
          { key: "Shift-Enter", run: running(true) },
          { key: "Mod-Enter", run: running(false) },
          { key: "Shift-Tab", run: explaining(options) },
          { key: "Escape", run: close },
          ...completionKeymap,
          { key: "Tab", run: tab },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": options.label }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) options.changed(state.doc.toString());
        }),
      ],
    }),
  });
}

/** Puts another text into an editor. */
export function setCode(view: EditorView, code: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: code } });
}
