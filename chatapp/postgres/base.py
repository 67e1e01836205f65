"""Django's PostgreSQL, which does not let everybody wait for a server that is gone.

Whoever wants a connection while the server is away would wait until the pool gives up, and all that share a thread
with them as well. So one waits, now and then; the others are told at once. A pool that outlived an outage is put
away: it would try its dead connections one by one, and wait longer and longer in between.
"""

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool, PoolClosed

from conversations.outage import DATABASE


class DatabaseWrapper(base.DatabaseWrapper):
    _connection_pools: dict[str, ConnectionPool]
    _refused = 0  # connections that could not be made when the last one was got

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if DATABASE.away:
            raise psycopg.OperationalError("The database did not answer a moment ago.")
        for last in (False, True):
            pool = self.pool
            try:
                connection = super().get_new_connection(conn_params)
            except PoolClosed:  # another thread has just put it away
                if last or DATABASE.away:
                    raise
            except psycopg.OperationalError as error:
                if pool is None or _refused_by(pool) != DatabaseWrapper._refused:  # else all are in use: no outage
                    DATABASE.noticed(error)
                    self._put_away(pool)
                raise
            else:
                if last or pool is None or _answers(connection):
                    break
                pool.putconn(connection)  # from before a restart, as the others of this pool
                self._put_away(pool)
        DatabaseWrapper._refused = _refused_by(pool)
        DATABASE.answered()
        return connection

    def _put_away(self, pool: ConnectionPool | None) -> None:
        """Make a new one at the next need; who waits for a connection of this one is told at once."""
        if pool is not None and self._connection_pools.get(self.alias) is pool:
            del self._connection_pools[self.alias]
            DatabaseWrapper._refused = 0
            pool.close(timeout=0)


def _answers(connection: psycopg.Connection[Any]) -> bool:
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        return False
    return True


def _refused_by(pool: ConnectionPool | None) -> int:
    return pool.get_stats().get("connections_errors", 0) if pool is not None else 0
