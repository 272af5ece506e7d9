// Runs the model apart from the page, which goes on answering meanwhile. Behind the glue that wasm-bindgen writes.

declare const wasm_bindgen: { initSync(options: { module: BufferSource }): void } & Record<string, (...given: unknown[]) => string>;

self.onmessage = ({ data }: MessageEvent) => {
  if (data instanceof ArrayBuffer) {
    wasm_bindgen.initSync({ module: data });
    return;
  }
  const { number, name, given } = data;
  try {
    self.postMessage({ number, value: JSON.parse(wasm_bindgen[name](...given)) });
  } catch (error) {
    self.postMessage({ number, error: String(error) });
  }
};
