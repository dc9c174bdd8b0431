import { assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { run } from "./_tasks.ts";

for (
  const [name, passed, failed] of [["holds", 2, 0], ["mixed", 3, 2], ["broken", 0, 1]] as const
) {
  Deno.test(`deno task test counts what holds and what does not: ${name}`, async () => {
    const start = performance.now();
    const { code, stdout } = await run(
      "test",
      [`tests/cli/outcomes/${name}.ts`],
      {},
      "test-runner",
    );
    const lines = stdout.trimEnd().split("\n");
    assertEquals(lines.at(-1), `${passed} passed, ${failed} failed`);
    assertEquals(code, failed > 0 ? 1 : 0);
    const line = lines.findLast((line) => line.startsWith("# tests: "))!;
    assertMatch(line, new RegExp(`^# tests: ${passed} ok, ${failed} not, \\d+\\.\\d s$`));
    // Seconds, not milliseconds nor the time of day.
    const seconds = Number(/([\d.]+) s$/.exec(line)![1]);
    assertGreater(seconds, 0);
    assertLess(seconds, (performance.now() - start) / 1000);
  });
}
