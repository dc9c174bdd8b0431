import { assertEquals, assertThrows } from "@std/assert";
import { formatNumber, powerOfTen } from "lora-dynamics/figure/mod.ts";

Deno.test("formatNumber() rounds to significant digits and drops idle zeros", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [-0, "0"],
    [1234567, "1.235×10⁶"],
    [99999, "99999"],
    [99999.9, "10⁵"],
    [0.001, "0.001"],
    [0.0009999, "9.999×10⁻⁴"],
    [-1 / 3, "−0.3333"],
    [2.5, "2.5"],
    [NaN, "NaN"],
    [Infinity, "∞"],
    [-Infinity, "−∞"],
  ];
  for (const [value, text] of cases) assertEquals(formatNumber(value), text);
  assertThrows(() => formatNumber(1, 0), RangeError, "digits must");
});

Deno.test("powerOfTen() writes powers with superscripts", () => {
  const values = [1, 10, 1e-12, -1e3, 5e-4, 0, 2.5e7];
  const wanted = ["10⁰", "10¹", "10⁻¹²", "−10³", "5×10⁻⁴", "0", "2.5×10⁷"];
  assertEquals(values.map(powerOfTen), wanted);
});
