/**
 * Text streams cut into lines.
 *
 * @module
 */

/** Turns chunks of text into lines without their ends; a last line needs no end. */
export class TextLineStream extends TransformStream<string, string> {
  /** A fresh stream. */
  constructor() {
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop()!;
        for (const line of lines) controller.enqueue(line);
      },
      flush(controller) {
        if (rest !== "") controller.enqueue(rest);
      },
    });
  }
}
