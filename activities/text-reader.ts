/** Reads text in images (OCR) with tesseract.js, offline. */
export interface TextReader {
  read(image: Uint8Array, languages: readonly string[]): Promise<{ readonly text: string; readonly confidence: number }>;
}
