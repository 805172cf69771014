type Start = () => void;

/** Lets a few slow loads run at a time, so that they never take all of a host's six connections. */
export class LoadQueue {
  private readonly waiting: Start[] = [];
  private active = 0;

  constructor(private readonly limit: number) {}

  /** Calls `start` when there is room; the answer gives the place back, in whatever state it is. */
  enter(start: Start): () => void {
    let isOver = false;
    let hasStarted = false;
    const begin = () => {
      hasStarted = true;
      this.active += 1;
      start();
    };
    this.waiting.push(begin);
    this.next();
    return () => {
      if (isOver) return;
      isOver = true;
      if (hasStarted) this.active -= 1;
      else this.waiting.splice(this.waiting.indexOf(begin), 1);
      this.next();
    };
  }

  private next(): void {
    while (this.active < this.limit) {
      const begin = this.waiting.shift();
      if (!begin) return;
      begin();
    }
  }
}
