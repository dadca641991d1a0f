// The device's camera: on while somebody scans, and off as soon as nobody looks.

const WANTED = { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } };

/** A camera that shows in a video element. */
export class Camera {
  #video;
  #stream = null;

  constructor(video) {
    this.#video = video;
  }

  /** Why there can be no camera here: "insecure" or "absent"; null if there may be one. */
  static get missing() {
    if (navigator.mediaDevices?.getUserMedia) return null;
    return globalThis.isSecureContext ? "absent" : "insecure";
  }

  /** Whether the visitor let this page use the camera before. */
  static async granted() {
    try {
      return (await navigator.permissions.query({ name: "camera" })).state === "granted";
    } catch {
      return false;
    }
  }

  get on() {
    return this.#stream !== null;
  }

  /** Starts; throws the browser's error. */
  async start() {
    this.#stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
    this.#video.srcObject = this.#stream;
    await this.#video.play();
  }

  /** Stops, and puts its light out. */
  stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
  }

  /** Whether it has a lamp. */
  get hasLamp() {
    return Boolean(this.#stream?.getVideoTracks()[0]?.getCapabilities?.().torch);
  }

  async setLamp(on) {
    await this.#stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
  }
}

/** What a failed start means: "refused", "absent" or "taken". */
export function reasonOf(error) {
  if (["NotAllowedError", "SecurityError"].includes(error.name)) return "refused";
  return ["NotFoundError", "OverconstrainedError"].includes(error.name) ? "absent" : "taken";
}
