Deno.test("one holds", () => {});
Deno.test("another holds", () => {});
