import { assertMatch } from "@std/assert";
import { makeIndex } from "../../lib/cli/kernel/index.ts";
import { inRoot, JUPYTER_ENVIRONMENT, PYTHON } from "../../lib/cli/paths.ts";

const installed = new Deno.Command(PYTHON, {
  args: ["-B", "-c", "import jupyter_kernel_test"],
  stdout: "null",
  stderr: "null",
}).outputSync().success;

const reason = installed
  ? ""
  : " (skipped: needs `.venv/bin/pip install --no-deps jupyter_kernel_test==0.7.0`)";

Deno.test({
  name: `all twelve tests of jupyter_kernel_test pass${reason}`,
  ignore: !installed,
  async fn() {
    await makeIndex();
    const { stderr } = await new Deno.Command(PYTHON, {
      args: ["-B", inRoot("tests", "notebooks", "kernel_suite.py")],
      env: { ...JUPYTER_ENVIRONMENT },
    }).output();
    const text = new TextDecoder().decode(stderr);
    assertMatch(text, /Ran 12 tests in [\d.]+s\n\nOK\n$/, text);
  },
});
