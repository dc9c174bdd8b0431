/** Where the editions find what they are made of. */
export interface Project {
  /** Absolute path of the project folder. */
  readonly root: string;
  /** The pinned Deno binary. */
  readonly deno: string;
  /** The library's documentation, as set-up has made it for the kernel. */
  readonly index: string;
  /** A Python with pip, which fetches JupyterLite. */
  readonly python: string;
  /** Folder in which what was fetched is kept. */
  readonly cache: string;
}
