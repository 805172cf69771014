"""A stored evaluation as the API shows it."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from gymlab.domain.evaluations import EvaluationSpec, EvaluationStatus
from gymlab.domain.timestamps import rfc3339
from gymlab.evaluation.summarising import statistics_of
from gymlab.protocol.evaluation import EvaluationRecord, EvaluationSummary
from gymlab.protocol.parts import EpisodeOutcome
from gymlab.protocol.shim import EvaluationState
from gymlab.server.evaluations.schemas import (
    EvaluatedEpisode,
    Evaluation,
    EvaluationCode,
    EvaluationFailure,
    EvaluationVideo,
)
from gymlab.storage.evaluations import StoredEvaluation
from gymlab.supervisor.evaluation_folder import EvaluationFolder

GONE = "The films of older evaluations are deleted; the numbers stay."


@cache
def _no_statistics() -> dict[str, Any]:
    """Return what is said before any episode is over."""
    return msgspec.to_builtins(statistics_of([]))


def view_evaluation(
    stored: StoredEvaluation, run_folder: Path, live: EvaluationState | None
) -> Evaluation:
    """Return the evaluation as it is answered.

    Args:
        stored: The row.
        run_folder: The run's folder, whose films are looked for.
        live: What its shim last reported, while it runs.
    """
    record = _record(stored)
    state, summary = live or record.state, record.summary
    folder = EvaluationFolder(run_folder, stored.id)
    spec = EvaluationSpec.model_validate(stored.request)
    is_running = stored.status is EvaluationStatus.RUNNING
    rows = folder.read_episodes() if is_running else summary.episodes if summary else []
    videos = _videos(stored, summary, folder)
    statistics = msgspec.to_builtins(summary.statistics) if summary else _no_statistics()
    return Evaluation(
        id=stored.id,
        run_id=stored.run_id,
        status=stored.status,
        phase=(state.phase or "starting") if is_running else None,
        failure=_failure(state, stored.status),
        checkpoint=spec.checkpoint,
        checkpoint_timestep=state.checkpoint_timestep,
        checkpoint_sha256=state.checkpoint_sha256,
        num_episodes=spec.num_episodes,
        episodes_done=max(state.episodes_done, len(rows)),
        seed=spec.seed,
        deterministic=spec.deterministic,
        record_video=spec.record_video,
        **statistics,
        episodes=[_episode(row) for row in rows],
        videos=videos,
        video_url=next((video.url for video in videos if video.kind == "best"), None),
        video_reason=_video_reason(summary, videos),
        evaluation_code=_code(spec),
        metrics=summary.metrics if summary else {},
        metrics_problem=summary.metrics_problem if summary else None,
        warnings=summary.warnings if summary else [],
        created_at=rfc3339(stored.created_at),
        started_at=rfc3339(state.started_at) if state.started_at else None,
        finished_at=rfc3339(stored.finished_at) if stored.finished_at else None,
        duration_s=summary.duration_s if summary else None,
    )


def _record(stored: StoredEvaluation) -> EvaluationRecord:
    if stored.summary is None:
        return EvaluationRecord(state=EvaluationState(status=stored.status.value))
    return msgspec.convert(stored.summary, EvaluationRecord)


def _episode(row: EpisodeOutcome) -> EvaluatedEpisode:
    return EvaluatedEpisode.model_validate(msgspec.to_builtins(row))


def _videos(
    stored: StoredEvaluation, summary: EvaluationSummary | None, folder: EvaluationFolder
) -> list[EvaluationVideo]:
    return [
        EvaluationVideo(
            kind=video.kind,
            episode=video.episode,
            url=f"/api/v1/runs/{stored.run_id}/artifacts/eval/{stored.id}/{video.kind}.mp4",
            width=video.width,
            height=video.height,
            num_frames=video.num_frames,
            fps=video.fps,
            size_bytes=video.size_bytes,
        )
        for video in (summary.videos if summary else [])
        if folder.video(video.kind).is_file()
    ]


def _video_reason(summary: EvaluationSummary | None, videos: list[EvaluationVideo]) -> str | None:
    if summary is None or len(videos) == len(summary.videos):
        return summary.video_reason if summary else None
    return GONE


def _code(spec: EvaluationSpec) -> EvaluationCode | None:
    code = spec.evaluation_code
    if code is None:
        return None
    return EvaluationCode(
        code_id=code.code_id, version=code.version, name=code.name, sha256=code.sha256
    )


def _failure(state: EvaluationState, status: EvaluationStatus) -> EvaluationFailure | None:
    if status is not EvaluationStatus.FAILED:
        return None
    given = state.failure or {"code": "unknown", "detail": "It failed."}
    known = {name: given.get(name) for name in EvaluationFailure.model_fields}
    return EvaluationFailure.model_validate(known)
