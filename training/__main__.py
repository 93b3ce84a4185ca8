"""The command line of the training: data folder in, model folder out."""

import argparse
import os
import shutil
from pathlib import Path

import torch

from training import card, transplant
from training.train import Run, average, train

_HERE = Path(__file__).parent


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder README.md describes")
    parser.add_argument("--out", type=Path, required=True, help="where the model goes")
    parser.add_argument(
        "--runs", type=int, default=2, help="runs, of which the mean is kept (default: 2)"
    )
    parser.add_argument("--minutes", type=float, default=66.0, help="of each run (default: 66)")
    parser.add_argument("--work", type=Path, default=_HERE / "work", help="scratch folder")
    parser.add_argument("--log", type=Path, default=_HERE / "log.txt", help="grows by a few lines")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--go-on-from",
        type=Path,
        metavar="MODEL",
        help="a trained model to begin with, at half the learning rate, instead of the transplant",
    )
    options = parser.parse_args(arguments)
    torch.set_num_threads(min(2, len(os.sched_getaffinity(0))))
    options.work.mkdir(parents=True, exist_ok=True)
    run = Run(
        options.data,
        options.go_on_from or options.work / "transplant",
        options.out,
        options.work,
        options.log,
        options.minutes,
    )
    if options.go_on_from:
        run = run._replace(alignment=0.0, rate=0.5)
    elif not (run.start / "model.safetensors").exists():
        transplant.build(options.data, run.start)
    made = [options.work / f"run{number}" for number in range(options.runs)]
    for number, folder in enumerate(made):
        if not (folder / "model.safetensors").exists():
            train(run._replace(out=folder, seed=options.seed + number))
    average(made, run)
    card.write(options.out, options.log)
    for folder in made:  # else the next run would take them for its own
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
