import { assert, assertEquals } from "@std/assert";
import { DENO, inRoot, PYTHON } from "../../lib/cli/paths.ts";
import { TestKernel } from "./kernel_driver.ts";
import { endsWithin, kill } from "./processes.ts";

Deno.test("shutting down leaves no process", async () => {
  await using kernel = await TestKernel.start();
  await kernel.stop();
  assert(await endsWithin(kernel.pid, 5));
  assert(await endsWithin(kernel.kernel, 5));
});

for (const victim of ["driver", "launcher"]) {
  for (const work of ["", "for (;;) ;"]) {
    const name = `the kernel ends when its ${victim} is killed while it ${
      work ? "works" : "is idle"
    }`;
    Deno.test(name, async () => {
      await using kernel = await TestKernel.start();
      // Not awaited: the driver will be gone, or wait for a kernel that is.
      if (work) kernel.run([work], { timeout: 2 }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 300));
      const pid = victim === "driver" ? kernel.driver.pid : kernel.pid;
      await kill(pid);
      assert(await endsWithin(kernel.kernel, 5), "the kernel is an orphan");
      assert(await endsWithin(kernel.pid, 5), "the launcher is an orphan");
    });
  }
}

Deno.test("the launcher ends when Deno is killed, so that the front end starts it again", async () => {
  await using kernel = await TestKernel.start();
  await kill(kernel.kernel);
  assert(await endsWithin(kernel.pid, 5));
});

Deno.test("a limit of addresses that cannot be raised is said, instead of a dump", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, JSON.stringify({ transport: "tcp", ip: "127.0.0.1", key: "" }));
  const start = [PYTHON, "-IB", inRoot("lib", "cli", "kernel"), DENO, file];
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", 'ulimit -v 8000000; exec "$0" "$@"', ...start],
  }).output();
  await Deno.remove(file);
  const said = new TextDecoder().decode(stderr);
  const wanted =
    "Cannot start the kernel as it needs 40000000 kB of addresses: ulimit -v is 8000000";
  assertEquals([code, said.trim()], [1, wanted]);
});
