"""Two operators for Chinese text: one marks what is said aloud, one lets short texts go."""

import pyarrow as pa
import siku

LOUD = ("！", "!")


def is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


@siku.operator(
    name="my.text.calm_down",
    summary="Make each run of exclamation marks one, and count the Han characters.",
    summary_zh="将连续的感叹号合并为一个，并统计汉字数。",
    writes={"$column": "text", "han": "int"},
    rules={"loud": ("Several exclamation marks in a row.", "连续多个感叹号。")},
    example="calm: {use: my.text.calm_down, from: pages}",
)
def calm_down(batch: pa.RecordBatch, column: str) -> pa.RecordBatch:
    texts, counts = [], []
    for text in batch.column(column).to_pylist():
        if text is None:
            texts.append(None)
            counts.append(None)
            continue
        kept = [c for i, c in enumerate(text) if i == 0 or c not in LOUD or text[i - 1] not in LOUD]
        texts.append("".join(kept))
        counts.append(sum(map(is_han, text)))
    return pa.RecordBatch.from_pydict({column: texts, "han": counts})


@siku.operator(
    name="my.text.keep_long",
    summary="Keep the texts that have enough characters.",
    summary_zh="保留字数足够的文本。",
    parameters={
        "least": {
            "type": "int",
            "summary": "Shorter texts go.",
            "summary_zh": "更短的文本被舍弃。",
            "unit": "characters",
            "default": 10,
            "minimum": 0,
        },
    },
    reasons={
        "empty": ("There is no text.", "没有文本。"),
        "short": ("The text has too few characters.", "文本字数太少。"),
    },
    example="long: {use: my.text.keep_long, from: pages, with: {least: 20}}",
)
def keep_long(batch: pa.RecordBatch, column: str, least: int) -> list[str | None]:
    def reason(text: str | None) -> str | None:
        if not text:
            return "empty"
        return "short" if len(text) < least else None

    return [reason(text) for text in batch.column(column).to_pylist()]
