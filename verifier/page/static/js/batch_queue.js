// The jobs of a batch, sent one after the other: numbers by the dozen, files in small heaps.

const TRIES = 4;
const HEAP_FILES = 8;
const HEAP_OCTETS = 4 * 1024 * 1024;
const MAX_WAIT_SECONDS = 60;
// Each of these may hold many certificates: alone, they show how far it is.
const MANY = /\.(zip|csv|xlsx|txt)$/i;

let last = 0;
const newId = () => `${Date.now()}-${(last += 1)}`;

/** Jobs for lines ({source, line, text, bidder}) and files, in their order. */
export function makeJobs(lines, files, atOnce) {
  return [...lineJobs(lines, atOnce), ...heaps(files).map((heap) => ({ id: newId(), state: "waiting", files: heap, rows: [] }))];
}

function lineJobs(lines, atOnce) {
  const jobs = [];
  for (let place = 0; place < lines.length; place += atOnce) {
    jobs.push({ id: newId(), state: "waiting", lines: lines.slice(place, place + atOnce), rows: [] });
  }
  return jobs;
}

function heaps(files) {
  const found = [];
  let octets = 0;
  for (const file of files) {
    const heap = found.at(-1);
    const joins = heap && !MANY.test(file.name) && !MANY.test(heap[0].name) && heap.length < HEAP_FILES;
    octets = joins && octets + file.size <= HEAP_OCTETS ? octets + file.size : file.size;
    if (joins && octets !== file.size) heap.push(file);
    else found.push([file]);
  }
  return found;
}

/** How many things a job holds. */
export const weight = (job) => (job.state === "done" ? Math.max(job.rows.length, 1) : (job.lines ?? job.files).length);

export class Queue {
  #send;
  #changed;
  #atOnce;
  #stop = null;

  /** ``send`` asks for one job; ``changed`` is told which jobs are others than before. */
  constructor(jobs, { send, changed, atOnce }) {
    this.jobs = jobs;
    this.paused = false;
    this.#send = send;
    this.#changed = changed;
    this.#atOnce = atOnce;
  }

  get running() {
    return this.#stop !== null;
  }

  get waiting() {
    return this.jobs.some((job) => job.state === "waiting");
  }

  pause() {
    this.paused = true;
    this.#stop?.abort();
  }

  retryFailed() {
    const failed = this.jobs.filter((job) => job.state === "failed");
    for (const job of failed) Object.assign(job, { state: "waiting", why: "" });
    return failed;
  }

  /** Work until nothing waits or somebody pauses. */
  async run() {
    if (this.running) return;
    this.paused = false;
    while (!this.paused && this.waiting) {
      this.#stop = new AbortController();
      const job = this.jobs.find((one) => one.state === "waiting");
      const changed = await this.#work(job, this.#stop.signal);
      if (changed.length) await this.#changed(changed);
    }
    this.#stop = null;
  }

  async #work(job, stop) {
    for (let tries = 1; ; tries += 1) {
      try {
        return this.#done(job, await this.#send(job, stop));
      } catch (error) {
        if (stop.aborted) return [];
        // Whoever says when to come again is no failure, but is not asked for ever either.
        const last = error.final || tries >= (error.again ? TRIES * 5 : TRIES);
        if (last) return this.#failed(job, error.final ? error.message : "");
        await pause(Math.min(error.again || 2 ** tries / 2, MAX_WAIT_SECONDS), stop);
        if (stop.aborted) return [];
      }
    }
  }

  #done(job, { rows, left }) {
    // The file is needed no more.
    Object.assign(job, { state: "done", rows, lines: undefined, files: undefined });
    return [job, ...this.#insert(job, lineJobs(left, this.#atOnce))];
  }

  #failed(job, why) {
    if ((job.files?.length ?? 0) > 1) {
      // One of them may be to blame for all.
      const alone = job.files.map((file) => ({ id: newId(), state: "waiting", files: [file], rows: [] }));
      Object.assign(job, { state: "done", rows: [], files: undefined });
      return [job, ...this.#insert(job, alone)];
    }
    Object.assign(job, { state: "failed", why });
    return [job];
  }

  #insert(job, jobs) {
    this.jobs.splice(this.jobs.indexOf(job) + 1, 0, ...jobs);
    return jobs;
  }
}

function pause(seconds, stop) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    stop.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
