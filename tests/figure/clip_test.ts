/** Geometry cut to a frame, with expectations by hand: 100 points of room, 2 in which a line may be seen. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { coordinate, cutLine, cutPath, cutRect } from "../../lib/figure/clip.ts";

const frame = { x: 50, y: 20, width: 200, height: 100 };

Deno.test("a line is cut 100 points beyond the frame, its direction kept", () => {
  assertEquals(cutLine([-1000, 70, 1000, 70], frame), [-50, 70, 350, 70]);
  assertEquals(cutLine([1000, 70, -1000, 70], frame), [350, 70, -50, 70]);
  assertEquals(cutLine([100, -1000, 100, 1000], frame), [100, -80, 100, 220]);
  assertEquals(cutLine([100, 70, 1100, 70], frame), [100, 70, 350, 70]);
  assertEquals(cutLine([1100, 70, 100, 70], frame), [350, 70, 100, 70]);
  // y = x + 70 enters on the left, at y = 20, and leaves below, at x = 150.
  cutLine([-1000, -930, 1000, 1070], frame)!.forEach((value, i) =>
    assertAlmostEquals(value, [-50, 20, 150, 220][i], 1e-9)
  );
  // y = 2x enters above, at x = −40, and leaves below, at x = 110.
  cutLine([-500, -1000, 500, 1000], frame)!.forEach((value, i) =>
    assertAlmostEquals(value, [-40, -80, 110, 220][i], 1e-9)
  );
  assertEquals(cutLine([0, 67, 67, 0], frame), [0, 67, 67, 0]);
});

Deno.test("a line within 2 points of the frame is seen, one farther off is nothing", () => {
  for (const y of [18, 70, 122]) assertEquals(cutLine([0, y, 300, y], frame), [0, y, 300, y]);
  for (const y of [17.9, 122.1]) assertEquals(cutLine([0, y, 300, y], frame), null);
  for (const x of [48, 252]) assertEquals(cutLine([x, 0, x, 200], frame), [x, 0, x, 200]);
  for (const x of [47.9, 252.1]) assertEquals(cutLine([x, 0, x, 200], frame), null);
  // Around the corner (48, 18): x + y = 65 and 67.
  assertEquals(cutLine([0, 65, 65, 0], frame), null);
  assertEquals(cutLine([48, 18, 48, 18], frame), [48, 18, 48, 18]);
  assertEquals(cutLine([40, 18, 40, 18], frame), null);
  assertEquals(cutLine([0, 70, 47, 70], frame), null);
  assertEquals(cutLine([253, 70, 400, 70], frame), null);
});

Deno.test("what is infinite is as far as can be, in the direction that it had", () => {
  assertEquals(["Infinity", "-Infinity", "1e999", "-2.5"].map(coordinate), [
    ...[1e300, -1e300, 1e300, -2.5],
  ]);
  assertEquals(cutLine([-1e300, 70, 1e300, 70], frame), [-50, 70, 350, 70]);
  cutLine([100, 70, 1e300, 1e300], frame)!.forEach((value, i) =>
    assertAlmostEquals(value, [100, 70, 250, 220][i], 1e-9)
  );
  assertEquals(cutLine([-1e300, 1e300, 1e300, 1e300], frame), null);
  assertEquals(cutPath("M100,70L100,-Infinity", frame), "M100,70L100,-80");
});

Deno.test("a path is cut piece by piece, and pieces that meet stay one line", () => {
  assertEquals(cutPath("M100,70L150,70L1100,70", frame), "M100,70L150,70L350,70");
  const there = "M100,70L350,70M350,80L100,80";
  assertEquals(cutPath("M100,70L1100,70L1100,80L100,80", frame), there);
  assertEquals(cutPath("M100,70H1100V80H100", frame), there);
  assertEquals(cutPath("M1e2,7E+1 1100 70L1.1e3,80,100,80", frame), there);
  assertEquals(cutPath("M100,70L1100,70M-500,0L-400,0", frame), "M100,70L350,70");
});

Deno.test("a closed path is cut as a polygon", () => {
  const strip = "M100,70L1100,70L1100,80L100,80Z";
  assertEquals(cutPath(strip, frame), "M100,70L350,70L350,80L100,80Z");
  const around = "M-1000,-1000L2000,-1000L2000,2000L-1000,2000Z";
  assertEquals(cutPath(around, frame), "M-50,220L-50,-80L350,-80L350,220Z");
  // A triangle whose slanted side y = 2x − 330 leaves on the right, at x = 275, y = 220.
  assertEquals(cutPath("M165,0L1165,2000L165,2000Z", frame), "M165,220L165,0L275,220Z");
  assertEquals(cutPath("M-500,0L-400,0L-400,100Z", frame), null);
  assertEquals(cutPath(`${strip}M-500,0L-400,0L-400,100Z`, frame), cutPath(strip, frame));
});

Deno.test("a path of which nothing is to be cut stays as it is, as one with curves does", () => {
  for (const d of ["M0,0L300,200", "M-50,-80L350,220", "M100,70", "M0,0L60,30L0,60Z"]) {
    assertEquals(cutPath(d, frame), d);
  }
  for (const d of ["", "M100,70C1,2,3,4,5,6L1100,0", "M100,70l1100,0", "L1,1", "M1,1L2,2Z9,9"]) {
    assertEquals(cutPath(d, frame), d);
  }
  for (const d of ["M0,0", "M0,0L40,10", "M0,0L40,0L40,10Z"]) assertEquals(cutPath(d, frame), null);
});

Deno.test("a rectangle is cut on each side, and is nothing 2 points from the frame", () => {
  const cut = (x: number, y: number, width: number, height: number) => {
    const found = cutRect({ x, y, width, height }, frame);
    return found && [found.x, found.y, found.width, found.height];
  };
  assertEquals(cut(-1000, -1000, 5000, 5000), [-50, -80, 400, 300]);
  assertEquals(cut(100, 50, 1000, 1000), [100, 50, 250, 170]);
  assertEquals(cut(-1000, -1000, 1100, 1050), [-50, -80, 150, 130]);
  assertEquals(cut(60, 30, 10, 10), [60, 30, 10, 10]);
  for (const [x, y] of [[38, 70], [252, 70], [100, 8], [100, 122]]) {
    assertEquals(cut(x, y, 10, 10), [x, y, 10, 10]);
  }
  for (const [x, y] of [[37.9, 70], [252.1, 70], [100, 7.9], [100, 122.1]]) {
    assertEquals(cut(x, y, 10, 10), null);
  }
});
