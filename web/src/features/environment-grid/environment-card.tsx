import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Environment } from "@/api/types";
import { classNames } from "@/lib/class-names";
import { formatInteger } from "@/lib/format";
import { shortCode } from "@/lib/short-code";
import { REDUCED_MOTION, useMediaQuery } from "@/lib/use-media-query";
import { useQueuedImage } from "./use-queued-image";

/** One environment: picture, what it is, and the way to train on it. */
export function EnvironmentCard({ environment }: { environment: Environment }) {
  const { id, title, summary, available, unavailable_reason } = environment;
  const [isActive, setActive] = useState(false);
  const activity = {
    onPointerEnter: () => setActive(true),
    onPointerLeave: () => setActive(false),
    onFocus: () => setActive(true),
    onBlur: () => setActive(false),
  };
  const content = (
    <>
      <Picture environment={environment} isMoving={isActive && available} />
      <span className="grid grid-cols-[minmax(0,1fr)] gap-1 p-3">
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 truncate text-sm font-medium">{title}</span>
          <span className="num ml-auto text-2xs whitespace-nowrap text-fg-3">{shortCode(id)}</span>
        </span>
        <span className="line-clamp-2 min-h-8 text-xs text-fg-2">
          {available ? summary : (unavailable_reason ?? "Not available on this machine.")}
        </span>
        <Spaces environment={environment} />
      </span>
    </>
  );
  if (!available) {
    return <div className="card environment-card environment-card-absent">{content}</div>;
  }
  return (
    <Link to="/lab" search={{ env: id }} className="card environment-card" {...activity}>
      {content}
    </Link>
  );
}

function Spaces({ environment }: { environment: Environment }) {
  const { action_space, observation_space, max_episode_steps, available } = environment;
  if (!available) return <span className="num text-2xs text-fg-3 uppercase">not available</span>;
  return (
    <span className="num flex flex-wrap gap-x-2 text-2xs text-fg-3">
      <span>{action_space?.text}</span>
      <span>{observation_space?.text}</span>
      {max_episode_steps !== null && <span>{formatInteger(max_episode_steps)} steps</span>}
    </span>
  );
}

function Picture({ environment, isMoving }: { environment: Environment; isMoving: boolean }) {
  const { id, thumbnail_url, animation_url } = environment;
  const isCalm = useMediaQuery(REDUCED_MOTION);
  const { frame, src, state, onLoad, onError } = useQueuedImage(thumbnail_url);
  const showsAnimation = isMoving && !isCalm && animation_url !== null && state === "loaded";
  return (
    <span ref={frame} aria-hidden="true" className="environment-picture">
      <span className="num text-lg opacity-60">{shortCode(id)}</span>
      {src && (
        <img
          src={src}
          alt=""
          decoding="async"
          className={classNames(
            "transition-opacity",
            state === "loaded" ? "opacity-100" : "opacity-0",
          )}
          onLoad={onLoad}
          onError={onError}
        />
      )}
      {showsAnimation && <img src={animation_url} alt="" />}
    </span>
  );
}
