"""Which trainings the experiment consists of, and how long each is. Change a number here and all is done again."""

from __future__ import annotations

from dataclasses import dataclass

from sets import ALL_SETS, REAL_SETS

VLSM = "VLSM"
ARCHITECTURES = (VLSM, "U-Net", "U-Net++", "DeepLabv3+")
#: Pixels a side of the images: the frozen encoder's features of all views take 5 GB.
SIDE = 256
SEED, BATCH, RATE, WEIGHT_DECAY, CLIP, EMA = 7, 4, 2e-3, 1e-2, 5.0, 0.99

#: Images of each set that a training sees, counting repetitions: the same in its own training and in the pooled one.
SAMPLES_A_SET = 400

#: The shifts, and each set alone with two decoders, are trained this many times longer as well: one that reads needs
#: more to begin with.
LONGER = 4

POOLED = "pooled"
#: Trained on the first sets, tested on the others. Sets alone are trained anyway.
SHIFTS: dict[str, tuple[str, ...]] = {
    "kvasir-seg+bkai-igh": ("cvc-clinicdb", "cvc-colondb"),
    "jsrt": ("shenzhen", "covid-cxr"),
    "isic2017": ("ph2",),
}
#: Images of a shifted set that serve as a test, spread over all of it.
SHIFTED_IMAGES = 120
POLYPS = ("kvasir-seg", "bkai-igh", "cvc-clinicdb", "cvc-colondb")
#: What the VLSM reads in training and test: nothing, the class, or size, number and place of the true mask too.
WORDINGS = ("nothing", "name", "sentence")


@dataclass(frozen=True)
class Training:
    """One decoder trained once.

    sets: trained on; shifted: other sets that serve as a test; wording: the only kind of prompt
    (None: mixed as for the starters); view: only images whose id has it, tested on the set's others;
    repeat: 1 for the second training from the same seed; times: factor on the samples.
    """

    name: str
    architecture: str
    sets: tuple[str, ...]
    shifted: tuple[str, ...] = ()
    wording: str | None = None
    view: str | None = None
    repeat: int = 0
    times: int = 1

    @property
    def samples(self) -> int:
        return SAMPLES_A_SET * len(self.sets) * self.times

    @property
    def key(self) -> str:
        """File name of the result."""
        return f"{self.name}.{self.architecture}" + (".again" if self.repeat else "")


def plan() -> list[Training]:
    """All trainings, those first of which the most depends."""
    every = tuple(s.name for s in REAL_SETS)
    four = ARCHITECTURES
    jsrt = [Training("jsrt", a, ("jsrt",), SHIFTS["jsrt"]) for a in four]
    again = [Training("jsrt", a, ("jsrt",), SHIFTS["jsrt"], repeat=1) for a in (VLSM, "U-Net")]
    polyps = [Training("kvasir-seg+bkai-igh", a, ("kvasir-seg", "bkai-igh"), SHIFTS["kvasir-seg+bkai-igh"]) for a in four]
    pooled = [Training(POOLED, a, every) for a in four]
    alone = [Training(name, a, (name,), SHIFTS.get(name, ())) for name in every if name != "jsrt" for a in four]
    alone.sort(key=lambda t: (t.name != "isic2017", t.architecture not in (VLSM, "U-Net")))
    words = [Training(f"polyps, {w}", VLSM, POLYPS, wording=w) for w in WORDINGS]
    views = [Training("camus, two chambers", a, ("camus",), view="_2CH_") for a in four]
    longer = [Training(longer_name(n), a, tuple(n.split("+")), there, times=LONGER)
              for pair in (four[:2], four[2:]) for n, there in SHIFTS.items() for a in pair]
    patient = [Training(longer_name(n), a, (n,), times=LONGER) for n in every if n not in SHIFTS for a in four[:2]]
    few, more = alone[:4 + 2 * (len(every) - 2)], alone[4 + 2 * (len(every) - 2):]
    return [*jsrt, *again, *polyps, *pooled, *few, *words, *views, *more, *longer, *patient]


def longer_name(name: str) -> str:
    return f"{name}, {LONGER} x"


def classes_of(sets: tuple[str, ...]) -> list[str]:
    """Class names of the sets: the channels of a conventional head."""
    return list(dict.fromkeys(n for s in sets for n in ALL_SETS[s].structures.values()))
