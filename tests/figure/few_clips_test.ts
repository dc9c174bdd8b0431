import { assertEquals } from "@std/assert";
import { withFewClips } from "lora-dynamics/figure/few_clips.ts";

const CLIP = '<clipPath id="a"><rect x="10" y="20" width="100" height="50"/></clipPath>' +
  '<clipPath id="b"><rect height="50" width="100" y="20" x="10"/></clipPath>';
const group = (content: string, id = "a", more = "") =>
  `<g clip-path="url(#${id})"${more}>${content}</g>`;
const path = (d: string, more = "") => `<path d="${d}"${more}/>`;
/** Whether the clip of a lone group stays. */
const stays = (content: string, more = "") =>
  withFewClips(CLIP + group(content, "a", more)).includes("clip-path=");

Deno.test("withFewClips() leaves out a clip that all lines keep away from, and no other", () => {
  assertEquals(stays(path("M15,25L100,65Z")), false);
  assertEquals(stays(`<g stroke-width="1.2">${path("M15,25L100,65M20,30L30,30")}</g>`), false);
  // Each side, with the width of the line.
  for (const d of ["M9,30L50,30", "M20,19L20,30", "M20,30L111,30", "M20,30L20,71"]) {
    assertEquals(stays(path(d)), true, d);
  }
  assertEquals(stays(path("M15,25L100,65", ' stroke-width="3"')), true);
  assertEquals(stays(path("M15,25L100,65"), ' stroke-width="3"'), true);
});

Deno.test("withFewClips() measures bars as it does paths", () => {
  const bar = (x: number, y1: number, y2: number) =>
    `<line y2="${y2}" y1="${y1}" x2="${x}" x1="${x}"/>`;
  assertEquals(stays(bar(50, 30, 60) + bar(60, 25, 65), ' stroke-width="0.8"'), false);
  for (const [x, y1, y2] of [[9, 30, 60], [111, 30, 60], [50, 19, 60], [50, 30, 71]]) {
    assertEquals(stays(bar(50, 30, 60) + bar(x, y1, y2)), true, `${x} ${y1} ${y2}`);
  }
  assertEquals(stays('<line x1="50" y1="30" x2="60"/>'), true); // an end that is not there is at 0
});

Deno.test("withFewClips() keeps the clip of what it cannot measure", () => {
  for (
    const content of [
      path("M20,30C20,30 30,90 40,40"),
      path("m20,30l5,5"),
      path("M20,30L40,1e3"),
      path("M20,30L40,40", ' transform="translate(0,90)"'),
      `<g transform="translate(0,90)">${path("M20,30L40,40")}</g>`,
      '<circle cx="50" cy="40" r="90"/>',
      "<text>long</text>",
    ]
  ) assertEquals(stays(content), true, content);
  assertEquals(stays(path("M20,30L40,40"), ' transform="translate(0,90)"'), true);
  const unknown = '<g clip-path="url(#c)"><path d="M1,1L2,2"/></g>';
  assertEquals(withFewClips(CLIP + unknown), CLIP + unknown);
});

Deno.test("withFewClips() lets neighbours share a clip, and nobody else", () => {
  const out = path("M0,0L200,200"), bare = `<g>${out}</g>`, other = '<g class="dots"/>';
  assertEquals(
    withFewClips(CLIP + group(out) + group(`<g>${out}</g>`) + other + group(out) + group(out, "b")),
    CLIP + `<g clip-path="url(#a)">${bare}<g>${bare}</g></g>` + other +
      `<g clip-path="url(#a)">${bare}</g><g clip-path="url(#b)">${bare}</g>`,
  );
});

Deno.test("an area that touches the frame needs no clip, a line or an outlined area does", () => {
  const clip = '<clipPath id="a"><rect x="0" y="0" width="20" height="10"/></clipPath>';
  const group = (paint: string) =>
    `${clip}<g clip-path="url(#a)"><g ${paint}><path d="M0,5L20,0L20,10Z"/></g></g>`;
  const clips = (paint: string) => withFewClips(group(paint)).includes("<g clip-path");
  assertEquals(clips('fill="#abc"'), false);
  assertEquals(clips('fill="#abc" stroke="#abc"'), true);
  assertEquals(clips('stroke="#abc"'), true);
  const outside = group('fill="#abc"').replace("L20,0", "L21,0");
  assertEquals(withFewClips(outside).includes("<g clip-path"), true);
});

Deno.test("a line keeps away from its clip by two widths, with round joins by half of one less a quarter point", () => {
  const clip = '<clipPath id="a"><rect x="0" y="0" width="20" height="20"/></clipPath>';
  /** Whether the clip of a line that begins so far from the edge stays. */
  const clips = (from: number, paint: string) =>
    withFewClips(
      `${clip}<g clip-path="url(#a)"><g ${paint}><path d="M${from},10L10,10"/></g></g>`,
    ).includes("<g clip-path");
  const round = 'stroke="#abc" stroke-linejoin="round"';
  for (
    const [paint, reach] of [
      ['stroke="#abc"', 2],
      ['stroke="#abc" stroke-width="1.5"', 3],
      ['stroke="#abc" stroke-width="0.5"', 2], // no line is thinner than a pixel of a screen
      [round, 0.26],
      [`${round} stroke-width="3"`, 1.26],
      [`${round} stroke-linecap="square"`, 2],
    ] as const
  ) assertEquals([0.01, -0.01].map((off) => clips(reach + off, paint)), [false, true], paint);
});
