"""jupyter_kernel_test, the Jupyter project's own tests of a kernel, on this project's kernel."""

import unittest

import jupyter_kernel_test


class DenoKernel(jupyter_kernel_test.KernelTests):
    kernel_name = "deno"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("x")'
    completion_samples = [{"text": "consol", "matches": {"console"}}]
    complete_code_samples = ["1", "const x = 3;", "function f(x) { return x; }"]
    incomplete_code_samples = ["f(", "for (;;) {", "`abc", "const x = [1,"]
    invalid_code_samples = ["f)", "const x = ]"]
    code_page_something = "show?"
    code_generate_error = 'throw new Error("x")'
    code_execute_result = [{"code": "1 + 2", "result": "3"}, {"code": "1 + 22", "result": "23"}]
    code_display_data = [
        {
            "code": 'await Deno.jupyter.display({ "text/html": "<b>a</b>" }, { raw: true })',
            "mime": "text/html",
        }
    ]
    code_history_pattern = "1 + ?"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = 'import { show } from "lora-dynamics/figure/mod.ts"; show'
    code_clear_output = 'await Deno.jupyter.broadcast("clear_output", { wait: false })'


if __name__ == "__main__":
    unittest.main(argv=["kernel_suite", "DenoKernel"])
