import { blobContract } from './contract-blobs.ts';
import { memoryBlobs } from './memory-pictures.ts';

blobContract('blobs in memory', async () => ({ blobs: memoryBlobs(), close: async () => undefined }));
