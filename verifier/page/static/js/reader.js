// Reads QR codes out of pictures, in a worker, so that the page stays alive meanwhile. Nothing leaves the device.
"use strict";
importScripts("/static/vendor/zxing-wasm/reader.js");

const OPTIONS = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 8 };
// The library would else fetch its second half from another site.
const ready = ZXingWASM.prepareZXingModule({
  overrides: { locateFile: () => "/static/vendor/zxing-wasm/zxing_reader.wasm" },
  fireImmediately: true,
});

addEventListener("message", async ({ data: { id, picture } }) => {
  try {
    await ready;
    const found = await ZXingWASM.readBarcodes(picture, OPTIONS);
    postMessage({ id, texts: found.filter((code) => code.isValid).map((code) => code.text) });
  } catch (error) {
    postMessage({ id, failed: String(error) });
  }
});
