"""Django's PostgreSQL, which does not let everybody wait for a server that is gone, nor answers for pages.

Whoever wants a connection while the server is away would wait until the pool gives up, and all that share a thread
with them as well. So one waits, now and then; the others are told at once. A pool that outlived an outage is put
away: it would try its dead connections one by one, and wait longer and longer in between.

A page waits for a seat before it takes a connection from the pool. The thread that answers and sockets share, and the
one that renews leases, need none: however many pages are asked for at once, these have their connections.
"""

import threading
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool, PoolClosed

from chatapp.postgres import PATIENCE, SEATS
from conversations.outage import DATABASE

_seats = threading.BoundedSemaphore(SEATS)


class DatabaseWrapper(base.DatabaseWrapper):
    _connection_pools: dict[str, ConnectionPool]
    reserved = False  # is it of a thread that pages must not hold up?
    _seated = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not (self.reserved or self._seated or _seats.acquire(timeout=PATIENCE)):
            raise psycopg.OperationalError("All connections to the database are in use.")
        self._seated = not self.reserved
        try:
            return self._taken(conn_params)
        except BaseException:
            self._stand_up()
            raise

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # Django's, which its stubs leave out
        finally:
            self._stand_up()

    def _stand_up(self) -> None:
        if self._seated:
            self._seated = False
            _seats.release()

    def _taken(self, conn_params: dict[str, Any]) -> Any:
        """A connection that answers."""
        for last in (False, True):
            if DATABASE.away:
                raise psycopg.OperationalError("The database did not answer a moment ago.")
            pool = self.pool
            try:
                connection = super().get_new_connection(conn_params)
            except PoolClosed:  # another thread has just put it away
                if last:
                    raise
            except psycopg.OperationalError as error:
                DATABASE.noticed(error)
                self._put_away(pool)
                raise
            else:
                if last or pool is None or _answers(connection):
                    break
                pool.putconn(connection)  # from before a restart, as the others of this pool
                self._put_away(pool)
        DATABASE.answered()
        return connection

    def _put_away(self, pool: ConnectionPool | None) -> None:
        """Make a new one at the next need; who waits for a connection of this one is told at once."""
        if pool is not None and self._connection_pools.get(self.alias) is pool:
            del self._connection_pools[self.alias]
            pool.close(timeout=0)


def _answers(connection: psycopg.Connection[Any]) -> bool:
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        return False
    return True
