/** The one form of sound that `extractAudio` writes and speech models are sent: 16 kHz, mono, 16 bits, nothing but samples. */
export const SPEECH_WAV = { headerBytes: 44, samplesPerSecond: 16_000, bytesPerSample: 2 } as const;

const { headerBytes, samplesPerSecond, bytesPerSample } = SPEECH_WAV;

export function speechWavHeader(samples: number): Buffer {
  const dataBytes = samples * bytesPerSample;
  const header = Buffer.alloc(headerBytes);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(headerBytes - 8 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  // Format 1 is uncompressed samples; one channel.
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(samplesPerSecond, 24);
  header.writeUInt32LE(samplesPerSecond * bytesPerSample, 28);
  header.writeUInt16LE(bytesPerSample, 32);
  header.writeUInt16LE(bytesPerSample * 8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/** How many samples a file has, by its first bytes and its length; null for a file in any other form. */
export function samplesOfSpeechWav(start: Buffer, byteLength: number): number | null {
  const samples = Math.floor((byteLength - headerBytes) / bytesPerSample);
  return samples > 0 && start.subarray(0, headerBytes).equals(speechWavHeader(samples)) ? samples : null;
}
