export { sha256Hex, uploadStill } from './upload'
export type { StillUpload, UploadOptions } from './upload'
