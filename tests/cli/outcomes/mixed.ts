Deno.test("one holds", () => {});
Deno.test("another holds", () => {});
Deno.test("the third holds", () => {});
Deno.test("this one does not", () => {
  throw new Error("on purpose");
});
Deno.test("nor does this one", () => {
  throw new Error("on purpose");
});
