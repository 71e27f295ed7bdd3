/**
 * Runs tasks, two at a time, and starts them in their order.
 *
 * @param {(() => Promise<void>)[]} tasks
 */
export async function runTwoAtATime(tasks) {
  const waiting = [...tasks];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  };
  await Promise.all([work(), work()]);
}
