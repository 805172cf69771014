import { useQuery } from "@tanstack/react-query";
import { Download, FileBox } from "lucide-react";
import { artifactsQuery, artifactUrl } from "@/api/artifacts";
import type { Artifact } from "@/api/types";
import { formatBytes, formatDate } from "@/lib/format";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";

function isVideo({ path }: Artifact): boolean {
  return path.toLowerCase().endsWith(".mp4");
}

export function RunArtifacts({ runId }: { runId: string }) {
  const { data, isPending, isError, error, refetch } = useQuery(artifactsQuery(runId));
  const videos = data?.filter(isVideo) ?? [];
  return (
    <div className="grid gap-4">
      {videos.length > 0 && (
        <Card title="Videos">
          <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
            {videos.map((video) => (
              <Video key={video.path} runId={runId} video={video} />
            ))}
          </div>
        </Card>
      )}
      <Card title="Files">
        {isPending && <SkeletonRows count={5} />}
        {isError && (
          <ErrorState
            title="The files could not be listed"
            error={error}
            onRetry={() => void refetch()}
          />
        )}
        {data?.length === 0 && (
          <EmptyState icon={<FileBox aria-hidden="true" size={24} />} title="No files yet" />
        )}
        {data && data.length > 0 && <FileTable runId={runId} files={data} />}
      </Card>
    </div>
  );
}

function Video({ runId, video }: { runId: string; video: Artifact }) {
  return (
    <figure className="m-0 grid gap-1">
      {/* biome-ignore lint/a11y/useMediaCaption: recordings of an environment have no sound */}
      <video
        controls
        preload="metadata"
        className="w-full rounded-md bg-stage"
        aria-label={`Recording ${video.path}`}
        src={artifactUrl(runId, video.path)}
      />
      <figcaption className="num flex gap-2 text-2xs text-fg-2">
        <span className="truncate">{video.path}</span>
        <span className="ml-auto">{formatBytes(video.size_bytes)}</span>
      </figcaption>
    </figure>
  );
}

function FileTable({ runId, files }: { runId: string; files: Artifact[] }) {
  return (
    <div className="scroll-x">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Kind</th>
            <th scope="col">Size</th>
            <th scope="col">Written</th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <tr key={file.path}>
              <td>
                <a
                  className="link num inline-flex items-center gap-1.5"
                  href={artifactUrl(runId, file.path)}
                  download={file.path.split("/").pop()}
                >
                  <Download aria-hidden="true" size={13} />
                  {file.path}
                </a>
              </td>
              <td>{file.kind}</td>
              <td className="num whitespace-nowrap">{formatBytes(file.size_bytes)}</td>
              <td className="num whitespace-nowrap">{formatDate(file.created_at)}</td>
              <td className="num" title={file.sha256 ?? undefined}>
                {file.sha256?.slice(0, 12) ?? "–"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
