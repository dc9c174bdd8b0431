/**
 * A WebSocket over which a browser is told what to do: commands with numbers, answers, events.
 *
 * @module
 */

// deno-lint-ignore no-explicit-any -- what the protocols send
export type Message = any;

/** A connection to a browser. */
export interface Wire {
  /** Sends a command, with further members of its message, and waits for its answer. */
  send(method: string, params?: Message, more?: Message): Promise<Message>;
  /** Is over when the browser has hung up. */
  readonly closed: Promise<unknown>;
}

/** Connects; `hear` is called with each event. */
export async function connect(url: string, hear: (event: Message) => void): Promise<Wire> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, PromiseWithResolvers<Message>>();
  let last = 0;
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    const asked = waiting.get(message.id);
    if (!asked) return hear(message);
    waiting.delete(message.id);
    // One protocol sends an error with its words, the other a kind of error and its words beside.
    const { error } = message;
    if (error) asked.reject(new Error(error.message ?? message.message));
    else asked.resolve(message.result);
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return {
    send(method, params = {}, more) {
      const id = ++last, asked = Promise.withResolvers<Message>();
      waiting.set(id, asked);
      socket.send(JSON.stringify({ id, method, params, ...more }));
      return asked.promise;
    },
    closed: new Promise((resolve) => socket.onclose = resolve),
  };
}

/** What `read` finds, as soon as it finds it: a browser writes its address when it listens. */
export async function address(read: () => Promise<string | undefined>): Promise<string> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const found = await read().catch(() => undefined);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the browser does not answer");
}
