"""The command line of the training: data folder in, model folder out."""

import argparse
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import torch

from training import card, transplant
from training.train import Run, average, teach, train

_HERE = Path(__file__).parent
_CORES = torch.get_num_threads()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder README.md describes")
    parser.add_argument("--out", type=Path, required=True, help="where the model goes")
    parser.add_argument(
        "--runs", type=int, default=2, help="runs, of which the mean is kept (default: 2)"
    )
    parser.add_argument("--steps", type=int, default=1200, help="of each run (default: 1200)")
    parser.add_argument("--work", type=Path, default=_HERE / "work", help="scratch folder")
    parser.add_argument("--log", type=Path, default=_HERE / "log.txt", help="grows by a few lines")
    options = parser.parse_args(arguments)
    start, taught = options.work / "transplant", options.work / "taught.npy"
    if not (start / "model.safetensors").exists():
        transplant.build(options.data, start)
    if not taught.exists():
        teach(options.data, taught)
    run = Run(options.data, start, options.work, taught, options.log, options.steps)
    runs = [run._replace(out=options.work / f"run{i}", seed=i) for i in range(options.runs)]
    at_once = min(_CORES, options.runs)
    with ProcessPoolExecutor(
        at_once, get_context("spawn"), torch.set_num_threads, (_CORES // at_once,)
    ) as pool:
        left = [run for run in runs if not (run.out / "model.safetensors").exists()]
        list(pool.map(train, left))  # raises what a run raised, or that one was killed
    average(runs, options.out)
    card.write(options.out, options.log)
    # The next training would take them for its own.
    for folder in (start, *(run.out for run in runs)):
        shutil.rmtree(folder)
    taught.unlink()


if __name__ == "__main__":
    main()
