// Pictures, from a video or a file, and the codes in them.

import { scriptAt } from "./scripts.js";

// A code of 85 modules stays readable at these widths; a photo is tried small first, because that reads most and costs least.
const VIDEO_EDGE = 1600;
const PHOTO_EDGES = [1600, 3200, 800];
const PATIENCE = 20_000;

/** There is no reading on this device: the browser is too old, or the reader cannot be had. */
export class ReaderError extends Error {}

/** Reads codes; one picture at a time. */
export class Reader {
  #worker;
  #canvas = document.createElement("canvas");
  #last = 0;

  constructor() {
    this.#worker = new Worker(scriptAt("/scan/reader.js"));
  }

  /** The texts of the codes that the video shows at this moment. */
  async readVideo(video) {
    return this.#read(this.#draw(video, video.videoWidth, video.videoHeight, VIDEO_EDGE));
  }

  /** The texts of the codes in a picture file; throws what the browser throws where it is none. */
  async readPhoto(file) {
    const bitmap = await createImageBitmap(file);
    try {
      const longest = Math.max(bitmap.width, bitmap.height);
      // At half its size a picture is smoother: the dots of a fax become grey.
      for (const edge of new Set([...PHOTO_EDGES, longest * 0.5].map((wanted) => Math.min(wanted, longest)))) {
        const texts = await this.#read(this.#draw(bitmap, bitmap.width, bitmap.height, edge));
        if (texts.length) return texts;
      }
      return [];
    } finally {
      bitmap.close();
    }
  }

  #draw(source, width, height, edge) {
    const scale = Math.min(1, edge / Math.max(width, height));
    this.#canvas.width = Math.max(1, Math.round(width * scale));
    this.#canvas.height = Math.max(1, Math.round(height * scale));
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.drawImage(source, 0, 0, this.#canvas.width, this.#canvas.height);
    return context.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #read(picture) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const ended = new AbortController();
      const end = (act, value) => {
        clearTimeout(timer);
        ended.abort();
        act(value);
      };
      const timer = setTimeout(() => end(reject, new ReaderError("the reader does not answer")), PATIENCE);
      const { signal } = ended;
      this.#worker.addEventListener("error", () => end(reject, new ReaderError("the reader did not start")), { signal });
      this.#worker.addEventListener("message", ({ data }) => {
        if (data.id !== id) return;
        if (data.failed) end(reject, new ReaderError(data.failed));
        else end(resolve, data.texts);
      }, { signal });
      this.#worker.postMessage({ id, picture }, [picture.data.buffer]);
    });
  }
}
