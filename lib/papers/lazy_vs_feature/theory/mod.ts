/** The predictions of lazy-vs-feature; see the files that it names. */
export * from "./bounds/bounds.ts";
export * from "./landscape/condition3.ts";
export { type Moments, type NeuronGroup, neuronGroups } from "./moments/cumulants.ts";
export * from "./flow/adapter.ts";
export * from "./flow/flow.ts";
export * from "./flow/fluctuations.ts";
export * from "./landscape/frozen.ts";
export * from "./moments/interpolation.ts";
export * from "./flow/joint.ts";
export * from "./landscape/kernel.ts";
export * from "./landscape/landscape.ts";
export {
  averages,
  type Neuron,
  type StepAverages,
  stepMoments,
  studentTerms,
  type TangentConstants,
  tangentConstants,
  tangentTerms,
  terminal,
  type Terms,
} from "./moments/moments.ts";
export * from "./bounds/paper_bounds.ts";
export * from "./landscape/plane.ts";
export * from "./limits/second_layer.ts";
export * from "./landscape/separated.ts";
export * from "./landscape/series.ts";
export * from "./flow/tail_rate.ts";
export * from "./limits/tangent.ts";
export * from "./bounds/width.ts";
