/**
 * Loaded before every test file of `deno task test`: the files share the cores, so that each has one.
 * Sweeps that leave the number of their workers open run where they are, as on a machine of one core,
 * and give the same rows; workers would first load the library, which takes longer than most of them.
 *
 * @module
 */
Object.defineProperty(navigator, "hardwareConcurrency", { value: 1, configurable: true });
