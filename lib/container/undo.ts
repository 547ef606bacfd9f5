/** What has to be taken back if a later step fails, last first. */
export class Undo {
  readonly #steps: (() => void)[] = []

  /** Remembers how to take back what was just done. */
  add(step: () => void): void {
    this.#steps.push(step)
  }

  /** Takes everything back. One step's failure does not keep the others from being taken. */
  run(): void {
    for (let step; (step = this.#steps.pop());) {
      try {
        step()
      } catch {
        // What failed first is what the user is told.
      }
    }
  }
}
