package main

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

func redisClient(change func(*redis.Options)) *redis.Client {
	options := &redis.Options{Addr: *redisAt, MaxRetries: -1, DisableIdentity: true}
	change(options)
	return redis.NewClient(options)
}

func init() {
	provoke("redis/client-closed", func() string {
		c := redisClient(func(o *redis.Options) { o.Addr = closedPort() })
		c.Close()
		return said(c.Ping(context.Background()).Err())
	})
	provoke("redis/connection-pool-timeout", func() string {
		address, stop := raw(hold)
		defer stop()
		c := redisClient(func(o *redis.Options) {
			o.Addr, o.PoolSize, o.PoolTimeout, o.ReadTimeout, o.DialTimeout = address, 1, 50*time.Millisecond, 3*time.Second, time.Second
		})
		defer c.Close()
		go c.Ping(context.Background())
		time.Sleep(50 * time.Millisecond)
		return said(c.Ping(context.Background()).Err())
	})
}

func withRedis() {
	ctx := context.Background()
	plain := func() *redis.Client { return redisClient(func(*redis.Options) {}) }
	provoke("redis/nil", func() string { c := plain(); defer c.Close(); return said(c.Get(ctx, "order:absent").Err()) })
	provoke("redis/transaction-failed", func() string {
		c := plain()
		defer c.Close()
		return said(c.Watch(ctx, func(tx *redis.Tx) error {
			_ = c.Set(ctx, "order:1", time.Now().String(), 0).Err()
			_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Set(ctx, "order:1", "x", 0); return nil })
			return err
		}, "order:1"))
	})
	provoke("redis/wrongtype", func() string {
		c := plain()
		defer c.Close()
		c.Set(ctx, "order:1", "x", 0)
		return said(c.LPush(ctx, "order:1", "y").Err())
	})
	provoke("redis/noauth", func() string {
		c := plain()
		defer c.Close()
		must(c.ConfigSet(ctx, "requirepass", "secret").Err())
		other := plain()
		defer other.Close()
		text := said(other.Get(ctx, "order:1").Err())
		must(c.ConfigSet(ctx, "requirepass", "").Err())
		return text
	})
	provoke("redis/oom-command-not-allowed", func() string {
		c := plain()
		defer c.Close()
		must(c.ConfigSet(ctx, "maxmemory", "1").Err())
		text := said(c.Set(ctx, "order:1", "x", 0).Err())
		must(c.ConfigSet(ctx, "maxmemory", "0").Err())
		return text
	})
	provoke("redis/readonly-replica", func() string {
		c := plain()
		defer c.Close()
		must(c.SlaveOf(ctx, "127.0.0.1", "1").Err())
		text := said(c.Set(ctx, "order:1", "x", 0).Err())
		must(c.SlaveOf(ctx, "no", "one").Err())
		return text
	})
}
