/** The predictions of gradient-flow-mf; see the files that it names. */
export {};
