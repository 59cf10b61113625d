"""What is said of many processes: `tertulia cluster`, the bus and the database between them."""

EN = {
    "help.serve.bus": "nats://… between several processes; local: there is one.",
    "help.serve.database": "postgresql://… for several processes; sqlite: in the data folder.",
    "help.cluster": (
        "Run everything in many processes on this machine, with NATS and PostgreSQL, until told to stop.\n\n"
        "What dies is started again. For trials and tests: on several machines, run tertulia serve on each."
    ),
    "help.cluster.folder": "The folder that holds everything, of all processes.",
    "help.cluster.port": "The port that all gateways listen on; 0: a free one.",
    "help.cluster.rolling_restart": "Let the cluster that runs there restart its processes one by one.",
    "cluster.listens": "{address} · SIGHUP restarts one by one",
    "cluster.set_up": "Set it up at {link}",
    "cluster.restarting": "The processes restart, one by one.",
    "cluster.none": "no cluster runs in {folder}",
    "column.process": "PROCESS",
    "column.pid": "PID",
    "column.port": "PORT",
    "column.health": "HEALTH",
    "start.needs_database": (
        "{service} needs PostgreSQL where the bus is NATS: set TERTULIA_DATABASE to postgresql://…"
    ),
    "start.needs_bus": "PostgreSQL goes with NATS: set TERTULIA_BUS to nats://…",
    "start.needs_setup_code": (
        "{service} needs a set-up code where the bus is NATS: set TERTULIA_SETUP_CODE, the same in all processes"
    ),
    "start.no_answer": "{what} did not answer in {seconds} s",
    "start.roles": "cannot make the roles of the services in PostgreSQL: {reason}",
    "start.tracing": "traces need more than is installed: pip install 'tertulia[tracing]'",
    "start.library": "{library} is not installed: pip install 'tertulia[split]'",
    "start.cluster": "cannot start the cluster: {reason}",
    "setting.bus": "must be local, or like nats://user:password@host:4222",
    "setting.database": "must be sqlite, or like postgresql://owner:password@host/database",
    "setting.own_database": "must be like postgresql://owner:password@host/database",
}

ES = {
    "help.serve.bus": "nats://… entre varios procesos; local: hay uno solo.",
    "help.serve.database": "postgresql://… para varios procesos; sqlite: en la carpeta de datos.",
    "help.cluster": (
        "Ejecuta todo en muchos procesos en esta máquina, con NATS y PostgreSQL, hasta que se le diga.\n\n"
        "Lo que muere vuelve a empezar. Es para pruebas: en varias máquinas, tertulia serve en cada una."
    ),
    "help.cluster.folder": "La carpeta que lo guarda todo, de todos los procesos.",
    "help.cluster.port": "El puerto en el que escuchan todas las puertas; 0: uno libre.",
    "help.cluster.rolling_restart": "Que el clúster que funciona ahí reinicie sus procesos uno a uno.",
    "cluster.listens": "{address} · SIGHUP reinicia uno a uno",
    "cluster.set_up": "Prepáralo en {link}",
    "cluster.restarting": "Los procesos se reinician, uno a uno.",
    "cluster.none": "no funciona ningún clúster en {folder}",
    "column.process": "PROCESO",
    "column.pid": "PID",
    "column.port": "PUERTO",
    "column.health": "SALUD",
    "start.needs_database": (
        "{service} necesita PostgreSQL cuando el bus es NATS: pon TERTULIA_DATABASE a postgresql://…"
    ),
    "start.needs_bus": "PostgreSQL va con NATS: pon TERTULIA_BUS a nats://…",
    "start.needs_setup_code": (
        "{service} necesita un código de instalación cuando el bus es NATS: "
        "pon TERTULIA_SETUP_CODE, el mismo en todos los procesos"
    ),
    "start.no_answer": "{what} no respondió en {seconds} s",
    "start.roles": "no se pueden crear los roles de los servicios en PostgreSQL: {reason}",
    "start.tracing": "las trazas piden más de lo que hay instalado: pip install 'tertulia[tracing]'",
    "start.library": "{library} no está instalado: pip install 'tertulia[split]'",
    "start.cluster": "el clúster no puede empezar: {reason}",
    "setting.bus": "tiene que ser local, o como nats://usuario:clave@máquina:4222",
    "setting.database": "tiene que ser sqlite, o como postgresql://dueño:clave@máquina/base",
    "setting.own_database": "tiene que ser como postgresql://dueño:clave@máquina/base",
}
