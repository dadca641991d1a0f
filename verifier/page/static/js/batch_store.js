// What a batch keeps so that the tab can be reloaded: in this browser alone, until it is begun anew or the tab is gone.

const NAME = "attesto-batch";
const HELD = "attesto-batch/";

/** A place for one tab's batch; without a database it keeps nothing, and all else works. */
export async function openStore() {
  const database = await open().catch(() => null);
  const id = sessionStorage.getItem(NAME) ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
  // A tab that was doubled has the same id, and must not write into the other's batch.
  const own = (await hold(id)) ? id : `${id}-${Date.now()}`;
  if (own !== id) await hold(own);
  sessionStorage.setItem(NAME, own);
  const store = new Store(database, own);
  await store.forgetClosed();
  return store;
}

class Store {
  #database;
  #id;

  constructor(database, id) {
    this.#database = database;
    this.#id = id;
  }

  /** The batch as it was, or null. */
  async load() {
    const batch = await this.#get("batches", this.#id);
    if (!batch) return null;
    const jobs = await Promise.all(batch.order.map((job) => this.#get("jobs", [this.#id, job])));
    return jobs.every(Boolean) ? { ...batch, jobs: jobs.map((kept) => kept.job) } : null;
  }

  /** Keep the batch and those of its jobs that changed. */
  async save({ key, asked, paused, jobs }, changed) {
    await this.#write((batches, kept) => {
      batches.put({ id: this.#id, key, asked, paused, order: jobs.map((job) => job.id) });
      for (const job of changed) kept.put({ id: [this.#id, job.id], job });
    });
  }

  async forget() {
    await this.#forget(this.#id);
  }

  /** Forget the batches of tabs that are gone. */
  async forgetClosed() {
    if (!navigator.locks) return;
    for (const id of (await this.#get("batches")) ?? []) {
      if (id !== this.#id) {
        await navigator.locks.request(HELD + id, { ifAvailable: true }, (lock) => lock && this.#forget(id));
      }
    }
  }

  async #forget(id) {
    await this.#write((batches, jobs) => {
      batches.delete(id);
      jobs.delete(IDBKeyRange.bound([id], [id, []]));
    });
  }

  // One value by its key, or all keys.
  #get(name, key) {
    if (!this.#database) return Promise.resolve(null);
    const store = this.#database.transaction(name).objectStore(name);
    const request = key === undefined ? store.getAllKeys() : store.get(key);
    return new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result ?? null);
      request.onerror = () => resolve(null);
    });
  }

  // What cannot be kept is lost by a reload, and by nothing else.
  #write(change) {
    if (!this.#database) return Promise.resolve();
    return new Promise((resolve) => {
      try {
        const transaction = this.#database.transaction(["batches", "jobs"], "readwrite");
        transaction.oncomplete = transaction.onerror = transaction.onabort = () => resolve();
        change(transaction.objectStore("batches"), transaction.objectStore("jobs"));
      } catch {
        resolve();
      }
    });
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("batches", { keyPath: "id" });
      request.result.createObjectStore("jobs", { keyPath: "id" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}

// Hold the batch's name for as long as the tab lives; false where another tab holds it.
function hold(id) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    // A tab that is reloaded lets go of it a moment later.
    const signal = AbortSignal.timeout(1000);
    navigator.locks
      .request(HELD + id, { signal }, () => {
        resolve(true);
        return new Promise(() => {});
      })
      .catch(() => resolve(false));
  });
}
