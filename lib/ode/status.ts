/** How a solve ended, with the remedy. */

/**
 * How a solve ended; text after the colon is the remedy.
 *
 * `"done"` reached `t1`; `"event"` a terminal event; the others stopped early, and `t`, `y` are the
 * last point that met the tolerance.
 */
export type OdeStatus =
  | "done"
  | "event"
  | "maxSteps: raise maxSteps or loosen rtol and atol"
  | "maxSteps: raise maxSteps or enlarge step"
  | "stepTooSmall: the solution is singular here, or raise atol or loosen rtol"
  | "stepTooSmall: rounding of t exceeds step; enlarge step"
  | "nonFinite: the right-hand side is NaN or infinite just after t"
  | "nonFinite: the quantity of an event is NaN just after t"
  | "nonFinite: the Jacobian is NaN or infinite at t"
  | "singular: the Newton matrix is singular at every step size; check jacobian"
  | "singular: the Newton matrix is singular; change step or check jacobian"
  | "notConverged: Newton fails at every step size; f is not smooth here, or check or supply jacobian"
  | "notConverged: the equations of a step are not solved; lower step or supply jacobian";

/** The statuses by a short name. */
export const STATUS = {
  maxSteps: "maxSteps: raise maxSteps or loosen rtol and atol",
  maxFixedSteps: "maxSteps: raise maxSteps or enlarge step",
  stepTooSmall: "stepTooSmall: the solution is singular here, or raise atol or loosen rtol",
  fixedStepTooSmall: "stepTooSmall: rounding of t exceeds step; enlarge step",
  nonFinite: "nonFinite: the right-hand side is NaN or infinite just after t",
  nanEvent: "nonFinite: the quantity of an event is NaN just after t",
  nonFiniteJacobian: "nonFinite: the Jacobian is NaN or infinite at t",
  singular: "singular: the Newton matrix is singular at every step size; check jacobian",
  singularFixed: "singular: the Newton matrix is singular; change step or check jacobian",
  notConverged:
    "notConverged: Newton fails at every step size; f is not smooth here, or check or supply jacobian",
  notConvergedFixed:
    "notConverged: the equations of a step are not solved; lower step or supply jacobian",
} as const satisfies Record<string, OdeStatus>;
