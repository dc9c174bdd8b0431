import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Matrix, matrix } from "lora-dynamics/linalg/mod.ts";
import {
  adapterLayers,
  parseSafetensors,
  readAdapter,
  toAdapterFile,
  toSafetensors,
  toWeightFile,
} from "lora-dynamics/nn/mod.ts";

/** A file byte by byte, as the format's description has it: nothing of the writer is used. */
function file(header: string, data: number[]): Uint8Array {
  const head = new TextEncoder().encode(header), length = new Uint8Array(8);
  let rest = head.length;
  for (let i = 0; i < 8; i++) {
    length[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return Uint8Array.from([...length, ...head, ...data]);
}

Deno.test("a file written by hand is read: every kind of number, gaps in the order of names", () => {
  const header = '{"__metadata__":{"format":"pt"},' +
    '"late":{"dtype":"F32","shape":[1,2],"data_offsets":[6,14]},' +
    '"half":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},' +
    '"brain":{"dtype":"BF16","shape":[],"data_offsets":[4,6]},' +
    '"byte":{"dtype":"I8","shape":[1],"data_offsets":[14,15]}}';
  // 1.5 = 0x3E00, −2 = 0xC000; bf16 of 3 = 0x4040; 1 = 0x3F800000, −0.5 = 0xBF000000; −1.
  const data = [0x00, 0x3e, 0x00, 0xc0, 0x40, 0x40, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xbf, 0xff];
  const { tensors, metadata } = parseSafetensors(file(header, data));
  assertEquals(metadata, { format: "pt" });
  assertEquals([...tensors.half.data], [1.5, -2]);
  assertEquals([...tensors.brain.data], [3]);
  assertEquals([...tensors.late.data], [1, -0.5]);
  assertEquals([...tensors.byte.data], [-1]);
  assertEquals(tensors.late.shape, [1, 2]);
});

Deno.test("small halves, infinities and 64-bit numbers", () => {
  const header = '{"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},' +
    '"i":{"dtype":"I64","shape":[1],"data_offsets":[6,14]},"d":{"dtype":"F64","shape":[1],"data_offsets":[14,22]}}';
  const data = [
    1,
    0,
    0,
    0x7c,
    0,
    0x80,
    254,
    255,
    255,
    255,
    255,
    255,
    255,
    255,
    0,
    0,
    0,
    0,
    0,
    0,
    0xf0,
    0x3f,
  ];
  const { tensors } = parseSafetensors(file(header, data));
  assertEquals([...tensors.h.data], [2 ** -24, Infinity, -0]);
  assertEquals([tensors.i.data[0], tensors.d.data[0]], [-2, 1]);
});

Deno.test("what is written is read, for any tensors", () => {
  const tensor = fc.record({
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    type: fc.constantFrom("F32" as const, "F64" as const),
  });
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 5 });
  fc.assert(
    fc.property(names, fc.array(tensor, { minLength: 5, maxLength: 5 }), (keys, list) => {
      const all = Object.fromEntries(keys.map((name, i) => {
        const count = list[i].shape.reduce((n, x) => n * x, 1);
        return [name, { ...list[i], data: Array.from({ length: count }, (_, j) => j / 4 - 1) }];
      }));
      const { tensors } = parseSafetensors(toSafetensors(all));
      assertEquals(Object.keys(tensors).toSorted(), Object.keys(all).toSorted());
      for (const [name, { shape, data, type }] of Object.entries(all)) {
        assertEquals([tensors[name].type, tensors[name].shape, [...tensors[name].data]], [
          type,
          shape,
          data,
        ]);
      }
    }),
    { seed: 7, numRuns: 60 },
  );
});

Deno.test("a malformed file is refused by the part that is wrong", () => {
  const one = (dtype: string, shape: string, offsets: string) =>
    `{"w":{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}}`;
  const four = [0, 0, 0, 0];
  const good = one('"F32"', "[1]", "[0,4]");
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(3), "the file must be 8 bytes or longer: current value is 3 bytes"],
    [Uint8Array.from([255, 255, 255, 255, 255, 255, 0, 0]), "the header must be at most"],
    [Uint8Array.from([9, 0, 0, 0, 0, 0, 0, 0]), "the file must be 17 bytes or longer"],
    [file("{nope", []), "the header must be JSON in UTF-8"],
    [file("[]", []), "the header must be a JSON object"],
    [file(' {"w":1}', []), "the header must be a JSON object"],
    [file('{"__metadata__":{"a":1}}', []), "__metadata__ must be an object of texts"],
    [file('{"w":3}', []), "entry w must be an object"],
    [file(one('"F8"', "[1]", "[0,1]"), [0]), "dtype of w must be one of F64, F32"],
    [file(one('"F32"', "[-1]", "[0,4]"), four), "shape of w must be a list of whole numbers"],
    [file(one('"F32"', "[1]", "[4,0]"), four), "data_offsets of w must be [begin, end]"],
    [file(one('"F32"', "[2]", "[0,4]"), four), "w (F32 [2]) must be 8 bytes: current value is 4"],
    [file(good, [0, 0, 0]), "the data must be 4 bytes, by the header: current value is 3"],
    [file(good, [...four, 0]), "the data must be 4 bytes, by the header: current value is 5"],
    [file(one('"F32"', "[1]", "[4,8]"), [...four, ...four]), "the beginning of w must be 0"],
    [
      file(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}',
        [...four, 0, 0],
      ),
      "the beginning of b must be 4, where the tensor before it ends: current value is 2",
    ],
  ];
  for (const [bytes, message] of cases) {
    assertThrows(() => parseSafetensors(bytes), RangeError, message);
  }
  assertEquals(parseSafetensors(file(good, four)).tensors.w.data[0], 0);
  const tensors = { w: { shape: [2], data: [1] } };
  assertThrows(
    () => toSafetensors(tensors),
    RangeError,
    "w must have 2 entries: current number is 1",
  );
});

const m = (rows: number, columns: number, first = 1): Matrix =>
  matrix(rows, columns, Array.from({ length: rows * columns }, (_, i) => first + i / 2));

Deno.test("adapters in PEFT's layout: both spellings, scale by alpha, the base weight beside", () => {
  const a = m(3, 2), b = m(2, 4, -3), weight = m(3, 4, 9);
  const name = "model.layers.0.self_attn.q_proj";
  const bytes = toAdapterFile([{ name, a, b }]);
  // PEFT's names and shapes: rank × inputs and outputs × rank.
  const { tensors } = parseSafetensors(bytes);
  assertEquals(Object.entries(tensors).map(([key, { shape }]) => [key, shape]), [
    [`base_model.model.${name}.lora_A.weight`, [2, 3]],
    [`base_model.model.${name}.lora_B.weight`, [4, 2]],
  ]);
  assertEquals([...tensors[`base_model.model.${name}.lora_A.weight`].data], [
    1,
    2,
    3,
    1.5,
    2.5,
    3.5,
  ]);
  const base = toWeightFile([{ name, weight }]);
  const [layer] = adapterLayers(bytes, { base, config: { lora_alpha: 8, use_rslora: true, r: 2 } });
  assertEquals([layer.name, layer.a, layer.b, layer.weight], [name, a, b, weight]);
  assertAlmostEquals(layer.scale, 8 / Math.SQRT2, 1e-15);
  const older = toSafetensors({
    "q.lora_A.default.weight": { shape: [1, 2], data: [1, 2] },
    "q.lora_B.default.weight": { shape: [2, 1], data: [3, 4] },
  });
  assertEquals(adapterLayers(older).map(({ name, scale }) => [name, scale]), [["q", 1]]);
});

Deno.test("adapters from files on this computer", () => {
  const folder = Deno.makeTempDirSync(), at = (name: string) => `${folder}/${name}`;
  Deno.writeFileSync(
    at("adapter_model.safetensors"),
    toAdapterFile([{ name: "q", a: m(3, 1), b: m(1, 2) }]),
  );
  Deno.writeTextFileSync(
    at("adapter_config.json"),
    '{"r": 1, "lora_alpha": 16, "peft_type": "LORA"}',
  );
  const [layer] = readAdapter(at("adapter_model.safetensors"), {
    config: at("adapter_config.json"),
  });
  assertEquals([layer.scale, layer.a], [16, m(3, 1)]);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("adapters that do not fit are refused by name", () => {
  const tensor = (shape: number[]) => ({
    shape,
    data: new Array(shape.reduce((n, x) => n * x, 1)).fill(1),
  });
  const cases: [Record<string, ReturnType<typeof tensor>>, string][] = [
    [{ "q.weight": tensor([1]) }, "must hold a tensor ….lora_A.weight: it holds q.weight"],
    [{ "q.lora_A.weight": tensor([1, 2]) }, "q must have both factors: lora_B is missing"],
    [{ "q.lora_A.weight": tensor([2]) }, "must be a matrix: current shape is [2]"],
    [
      { "q.lora_A.weight": tensor([1, 2]), "q.lora_B.weight": tensor([3, 2]) },
      "both factors of q must have one rank: they are 1 and 2",
    ],
  ];
  for (const [tensors, message] of cases) {
    assertThrows(() => adapterLayers(toSafetensors(tensors)), RangeError, message);
  }
  const bytes = toAdapterFile([{ name: "q", a: m(3, 1), b: m(1, 2) }]);
  const base = toWeightFile([{ name: "q", weight: m(2, 3) }]);
  assertThrows(
    () => adapterLayers(bytes, { base }),
    RangeError,
    "the weight of q must be 2 x 3: it is 3 x 2",
  );
  assertThrows(
    () => adapterLayers(bytes, { config: { lora_alpha: -1 } }),
    RangeError,
    "lora_alpha must be",
  );
  const broken = toAdapterFile([{ name: "q", a: matrix(2, 1, [NaN, 1]), b: m(1, 2) }]);
  assertThrows(() => adapterLayers(broken), RangeError, "lora_A.weight[0] must be finite");
});
