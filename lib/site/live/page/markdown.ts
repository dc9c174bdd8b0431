/// <reference lib="dom" />
/**
 * The little Markdown of the documentation, as elements: no text becomes markup.
 *
 * @module
 */

function element(name: string, ...content: (string | Node)[]): HTMLElement {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

/** Code and bold words inside of a line. */
function inline(text: string): (string | Node)[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.length > 2 && part.startsWith("`")) return element("code", part.slice(1, -1));
    return part.startsWith("**") ? element("strong", part.slice(2, -2)) : part;
  });
}

function block(text: string): HTMLElement {
  const code = /^```\w*\n([\s\S]*?)\n?```$/.exec(text);
  if (code) return element("pre", element("code", code[1]));
  if (/^- /.test(text)) {
    const items = text.split(/\n(?=- )/).map((item) => element("li", ...inline(item.slice(2))));
    return element("ul", ...items);
  }
  const lines = text.split(/ {2}\n/).flatMap((line, i) => [
    ...(i > 0 ? [element("br")] : []),
    ...inline(line),
  ]);
  return element("p", ...lines);
}

/** Paragraphs, lists and code. */
export function markdown(text: string): HTMLElement {
  const blocks = text.split(/(```[\s\S]*?```)/).flatMap((part) =>
    part.startsWith("```") ? [part] : part.split(/\n{2,}/)
  );
  const shown = blocks.map((part) => part.trim()).filter((part) => part !== "");
  return element("div", ...shown.map(block));
}
