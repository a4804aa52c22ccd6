"""The GIL is free while C++ works."""

import threading
import time

import pyarrow
import siku
from conftest import DAMAGED, REPAIRED


def longest_gap_while(work) -> tuple[float, float]:
    """Seconds that `work` took in another thread, and the longest this thread stood still."""
    thread = threading.Thread(target=work)
    begin = last = time.monotonic()
    gap = 0.0
    thread.start()
    while thread.is_alive():
        now = time.monotonic()
        gap = max(gap, now - last)
        last = now
    return time.monotonic() - begin, gap


def test_a_thread_goes_on_while_a_text_is_repaired():
    text = DAMAGED * 5000
    took, gap = longest_gap_while(lambda: siku.repair(text))
    assert gap < took / 2


def test_a_thread_goes_on_while_a_frame_is_repaired():
    table = pyarrow.table({"text": [DAMAGED] * 5000})
    took, gap = longest_gap_while(lambda: siku.apply("refine.text.repair", table))
    assert gap < took / 2


def test_two_threads_are_in_the_middle_of_their_frames_at_once():
    meet = threading.Barrier(2, timeout=60)
    outs = [None, None]

    def batches():
        yield pyarrow.record_batch({"text": [DAMAGED]})
        meet.wait()
        yield pyarrow.record_batch({"text": ["好的"]})

    def work(index):
        schema = pyarrow.schema([("text", pyarrow.string())])
        reader = pyarrow.RecordBatchReader.from_batches(schema, batches())
        outs[index] = siku.apply("refine.text.repair", reader).frame.to_arrow()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for out in outs:
        assert out["text"].to_pylist() == [REPAIRED, "好的"]


def test_many_threads_repair_alike():
    failed = []

    def work(index):
        for turn in range(20):
            text = f"{DAMAGED}{index}.{turn}"
            if siku.repair(text).text != f"{REPAIRED}{index}.{turn}":
                failed.append(text)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
