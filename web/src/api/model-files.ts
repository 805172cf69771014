import { toApiError, unreachableError } from "@/api/api-error";
import type { ImportedModel } from "@/api/types";

const MODELS = "/api/v1/models";

export interface ImportRequest {
  file: File;
  /** Empty: as the file says. */
  envId: string;
  /** Empty: as the file says. */
  algorithm: string;
  name: string;
}

/** Where the policy of a checkpoint is downloaded as one file. */
export function modelFileUrl(runId: string, format: string, timestep: number): string {
  const query = new URLSearchParams({ format, checkpoint: String(timestep) });
  return `/api/v1/runs/${encodeURIComponent(runId)}/model?${query}`;
}

export function importAddress({ file, envId, algorithm, name }: ImportRequest): string {
  const given = { file_name: file.name.slice(0, 200), env_id: envId, algorithm, name: name.trim() };
  return `${MODELS}?${new URLSearchParams(Object.entries(given).filter(([, value]) => value))}`;
}

/** Sends a file; `onProgress` is told which part of it has arrived, 1 while it is looked at. */
export function importModel(
  request: ImportRequest,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<ImportedModel> {
  // Only this older interface tells how far an upload is.
  const transfer = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    transfer.open("POST", importAddress(request));
    transfer.setRequestHeader("Content-Type", "application/octet-stream");
    transfer.responseType = "json";
    transfer.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    transfer.upload.onload = () => onProgress(1);
    transfer.onerror = () => reject(unreachableError());
    transfer.onabort = () => reject(new DOMException("Cancelled", "AbortError"));
    transfer.onload = () => {
      if (transfer.status === 201) resolve(transfer.response as ImportedModel);
      else reject(toApiError(transfer.status, transfer.response));
    };
    signal.addEventListener("abort", () => transfer.abort());
    transfer.send(request.file);
  });
}
