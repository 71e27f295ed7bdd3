import type { Exchange } from "./exchange.ts";

/** What the client knows of an answer. */
export interface Stamp {
  /** The body, once it has been read, and how it becomes text. */
  body?: { readonly bytes: Uint8Array<ArrayBuffer> | null; readonly decoder: TextDecoder };
  /** The exchange that brought it. */
  exchange?: Exchange;
}

/** Constructs nothing: what it is given is what a subclass puts its private field on. */
class Given {
  constructor(response: Response) {
    // biome-ignore lint/correctness/noConstructorReturn: this is what the class is for
    return response;
  }
}

// In a private field nobody else sees it, util.inspect included; and a WeakMap with an entry for each answer keeps the garbage collector
// busy.
class Stamped extends Given {
  readonly #stamp: Stamp = {};

  static find(response: Response): Stamp | undefined {
    return #stamp in response ? response.#stamp : undefined;
  }

  static put(response: Response): Stamp {
    return Stamped.find(response) ?? new Stamped(response).#stamp;
  }
}

/** The stamp of an answer; `undefined` for one from elsewhere. */
export function stampOf(response: Response): Stamp | undefined {
  return Stamped.find(response);
}

/** The stamp of an answer, put on it where there was none. */
export function stamped(response: Response): Stamp {
  return Stamped.put(response);
}
