package main

import (
	"context"
	"time"

	"github.com/IBM/sarama"
	"github.com/go-sql-driver/mysql"
	"github.com/segmentio/kafka-go"
	"net"
)

func init() {
	provoke("kafka/sarama-out-of-brokers", func() string {
		config := sarama.NewConfig()
		config.Metadata.Retry.Max = 0
		_, err := sarama.NewClient([]string{closedPort()}, config)
		return said(err)
	})
	provoke("kafka/sarama-closed-client", func() string { return said(sarama.ErrClosedClient) })
	provoke("kafka/not-leader", func() string { return said(sarama.ErrNotLeaderForPartition) })
	provoke("kafka/message-too-large", func() string { return said(sarama.ErrMessageSizeTooLarge) })
	provoke("kafka/offset-out-of-range", func() string { return said(sarama.ErrOffsetOutOfRange) })
	provoke("kafka/unknown-topic-or-partition", func() string { return said(sarama.ErrUnknownTopicOrPartition) })
	provoke("kafka/rebalance-in-progress", func() string { return said(sarama.ErrRebalanceInProgress) })
	provoke("kafka/unknown-member-id", func() string { return said(sarama.ErrUnknownMemberId) })
	provoke("kafka/kafka-go-failed-to-dial", func() string {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := kafka.DialLeader(ctx, "tcp", closedPort(), "orders", 0)
		return said(err)
	})
	provoke("kafka/kafka-go-rebalance-in-progress", func() string { return said(kafka.RebalanceInProgress) })
	provoke("kafka/kafka-go-unknown-topic", func() string { return said(kafka.UnknownTopicOrPartition) })
	provoke("mysql/invalid-connection", func() string { return mysqlSaid(func(net.Conn) {}) })
}

func mysqlSaid(f func(net.Conn)) string {
	address, stop := raw(f)
	defer stop()
	c, err := mysql.NewConnector(&mysql.Config{User: "orders", Net: "tcp", Addr: address, DBName: "shop", AllowNativePasswords: true})
	must(err)
	_, err = c.Connect(context.Background())
	return said(err)
}
