"""All benchmarks, in the order of their numbers."""

from tertulia.bench.benchmarks.b1_fan_out import FAN_OUT
from tertulia.bench.benchmarks.b2_quiet_fan_out import QUIET_FAN_OUT
from tertulia.bench.benchmarks.b3_b4_idle import IDLE
from tertulia.bench.benchmarks.b5_connecting import CONNECTING
from tertulia.bench.benchmarks.b6_many_rooms import MANY_ROOMS
from tertulia.bench.benchmarks.b7_durable import DURABLE
from tertulia.bench.benchmarks.b8_quiet_delivery import QUIET_DELIVERY
from tertulia.bench.benchmarks.b9_storm import STORM
from tertulia.bench.benchmarks.b10_slow_readers import SLOW_READERS
from tertulia.bench.benchmarks.b13_split import SPLIT_DEPLOYMENT
from tertulia.bench.benchmarks.b15_size import SIZE
from tertulia.bench.benchmarks.overload import OVERLOAD
from tertulia.bench.benchmarks.ten_thousand import TEN_THOUSAND

BENCHMARKS = (
    FAN_OUT,
    QUIET_FAN_OUT,
    IDLE,
    CONNECTING,
    MANY_ROOMS,
    DURABLE,
    QUIET_DELIVERY,
    STORM,
    SLOW_READERS,
    SPLIT_DEPLOYMENT,
    SIZE,
    OVERLOAD,
    TEN_THOUSAND,
)
