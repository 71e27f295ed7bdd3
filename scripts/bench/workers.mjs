import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * A process of its own for one client, so that no client runs in code or in a heap that another one has shaped.
 * It idles until it is asked for something.
 */
export class Worker {
  #clientId;
  #process;

  /** @param {string} clientId */
  constructor(clientId) {
    this.#clientId = clientId;
    const modulePath = fileURLToPath(new URL("./worker.mjs", import.meta.url));
    this.#process = fork(modulePath, [clientId], { execArgv: ["--expose-gc"] });
  }

  /**
   * @param {import("./worker.mjs").Question} question
   * @returns {Promise<number>}
   */
  ask(question) {
    return new Promise((resolve, reject) => {
      /** @param {unknown} reason */
      const fail = (reason) => reject(new Error(`${this.#clientId}, ${question.task}: ${reason}`));
      const onExit = () => fail("the process ended without an answer");
      this.#process.once("exit", onExit);
      this.#process.once("message", (answer) => {
        this.#process.off("exit", onExit);
        if (typeof answer === "number") resolve(answer);
        else fail(answer);
      });
      this.#process.send(question, (error) => error && fail(error.message));
    });
  }

  stop() {
    this.#process.kill();
  }
}

/**
 * @template Result
 * @param {readonly import("./clients/index.mjs").Client[]} clients
 * @param {(workers: { client: import("./clients/index.mjs").Client, worker: Worker }[]) => Promise<Result>} use
 */
export async function withWorkers(clients, use) {
  const workers = clients.map((client) => ({ client, worker: new Worker(client.id) }));
  try {
    return await use(workers);
  } finally {
    for (const { worker } of workers) worker.stop();
  }
}

/**
 * Asks every worker once in each round: A B C … A B C …
 *
 * @param {{ client: import("./clients/index.mjs").Client, worker: Worker }[]} workers
 * @param {number} rounds
 * @param {import("./worker.mjs").Question} question
 * @returns {Promise<Map<string, number[]>>} Every client's answers, a round each, by the client's id.
 */
export async function inRounds(workers, rounds, question) {
  /** @type {Map<string, number[]>} */
  const answers = new Map(workers.map(({ client }) => [client.id, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { client, worker } of workers) answers.get(client.id)?.push(await worker.ask(question));
  }
  return answers;
}
