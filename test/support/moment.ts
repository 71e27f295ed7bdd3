/** A moment that a test waits for, or brings about. */
export class Moment {
  reached: () => void = () => {};
  readonly comes = new Promise<void>((resolve) => {
    this.reached = resolve;
  });
}
