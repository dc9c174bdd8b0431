/**
 * What is used of JupyterLite, which hands it over when the page runs.
 *
 * @module
 */

/** Header of the message for which something is done. */
export type Header = unknown;

/** What a kernel is made of. */
export interface KernelOptions {
  /** Its id. */
  readonly id: string;
}

/** A kernel as `@jupyterlite/services` has it; contents are those of Jupyter's protocol. */
export interface BaseKernel {
  readonly isDisposed: boolean;
  readonly executionCount: number;
  readonly parentHeader: Header;
  dispose(): void;
  stream(content: unknown, parent?: Header): void;
  displayData(content: unknown, parent?: Header): void;
  updateDisplayData(content: unknown, parent?: Header): void;
  publishExecuteResult(content: unknown, parent?: Header): void;
  publishExecuteError(content: unknown, parent?: Header): void;
}

/** Its class. */
export type BaseKernelClass = new (options: KernelOptions) => BaseKernel;

/** Where kernels are announced. */
export interface KernelSpecs {
  register(options: {
    readonly spec: Readonly<Record<string, unknown>>;
    create(options: KernelOptions): Promise<BaseKernel>;
  }): void;
}

/** What restarts and interrupts kernels. */
export interface KernelControl {
  interrupt(id: string): Promise<void>;
}

/** The part of `@jupyterlite/services` that is used. */
export interface Services {
  readonly BaseKernel: BaseKernelClass;
  /** Token of {@linkcode KernelSpecs}. */
  readonly IKernelSpecs: unknown;
  /** Token of {@linkcode KernelControl}. */
  readonly IKernelClient: unknown;
}
