// The driver over segmentio's kafka-go. Speaks docs/driver-protocol.md.
//
// Properties are the fields of kafka.WriterConfig, and of kafka.Dialer behind `Dialer.`: `BatchTimeout`,
// `Dialer.Timeout`.
//
// A Writer's WriteMessages returns when its record has an outcome, so each record waits in a goroutine of its own. What
// makes them keep their order: the next record is offered when the Writer has taken this one to its partition, which its
// Balancer shows.
//
// Persistence: kafka-go does not say whether a failed record was written, and a record that fails after a retry may have
// been written by an earlier attempt. So every failed record is `indeterminate`.
package main

import (
	"context"
	"errors"
	"io"
	"log"
	"strconv"
	"strings"
	"sync"
	"time"

	"crosswind.local/driver"
	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/gzip"
	"github.com/segmentio/kafka-go/lz4"
	"github.com/segmentio/kafka-go/snappy"
)

// version is kafka-go's, set when the driver is linked: the library has no word for it.
var version = "unknown"

func main() {
	driver.Names[io.ErrClosedPipe] = "io.ErrClosedPipe"
	driver.Names[io.EOF] = "io.EOF"
	driver.Names[io.ErrUnexpectedEOF] = "io.ErrUnexpectedEOF"
	driver.Names[io.ErrNoProgress] = "io.ErrNoProgress"
	driver.Run("crosswind-kafka-go", "kafka-go", version, body)
}

func body(session *driver.Session) error {
	settings, err := configure(session.Configuration)
	if err != nil {
		return err
	}
	if err := connect(session, settings); err != nil {
		return err
	}
	settings.ErrorLogger = log.New(logger{session}, "", 0)
	topics := make([]*topic, len(session.Configuration.Topics))
	for index, described := range session.Configuration.Topics {
		config := settings.WriterConfig
		config.Topic = described.Name
		topics[index] = newTopic(session, config)
	}
	session.Ready()
	session.Each(func(id int64) {
		index, partition := session.Configuration.Place(id)
		topics[index].send(index, partition, id)
	})
	// There is no flush: what waits goes out after BatchTimeout, as it does for an application that closes.
	session.Wait()
	return nil
}

// settings are the fields that properties name.
type settings struct {
	kafka.WriterConfig
	Dialer kafka.Dialer
}

func configure(configuration *driver.Configuration) (*settings, error) {
	settings := &settings{}
	settings.RequiredAcks = -1 // Go's zero would stand for no acknowledgement; the package's own page says -1
	settings.Dialer = *kafka.DefaultDialer
	config := map[string]string{}
	for name, text := range configuration.Config {
		switch name {
		case "RequiredAcks":
			acks, err := requiredAcks(text)
			if err != nil {
				return nil, err
			}
			settings.RequiredAcks = acks
		case "CompressionCodec":
			codec, err := compression(text)
			if err != nil {
				return nil, err
			}
			settings.CompressionCodec = codec
		case "Async":
			// Nothing would tell what became of a record.
			return nil, driver.Fail("INVALID_PROPERTY", "Async: the client would report no outcome, and the driver has to")
		default:
			config[name] = text
		}
	}
	if err := driver.Apply(config, settings, nil); err != nil {
		return nil, err
	}
	settings.WriterConfig.Dialer = &settings.Dialer
	settings.Brokers = strings.Split(configuration.Bootstrap, ",")
	return settings, check(settings)
}

// What a Writer would only panic over, or take for its default.
func check(settings *settings) error {
	for name, number := range map[string]int64{
		"MaxAttempts": int64(settings.MaxAttempts), "QueueCapacity": int64(settings.QueueCapacity),
		"BatchSize": int64(settings.BatchSize), "ReadTimeout": int64(settings.ReadTimeout),
		"WriteTimeout": int64(settings.WriteTimeout), "RebalanceInterval": int64(settings.RebalanceInterval),
	} {
		if number < 0 {
			return driver.Fail("INVALID_PROPERTY", "%s must not be negative", name)
		}
	}
	// A tenth of it is the interval of a ticker, which must be above 0.
	if settings.BatchTimeout < 0 || settings.BatchTimeout > 0 && settings.BatchTimeout < 10 {
		return driver.Fail("INVALID_PROPERTY", "BatchTimeout must be 10ns at least")
	}
	return nil
}

func requiredAcks(text string) (int, error) {
	if text == "all" {
		return -1, nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < -1 {
		return 0, driver.Fail("INVALID_PROPERTY", "RequiredAcks must be all, -1, 0 or 1, not %q", text)
	}
	return number, nil
}

func compression(text string) (kafka.CompressionCodec, error) {
	switch strings.ToLower(text) {
	case "none":
		return nil, nil
	case "gzip":
		return gzip.NewCompressionCodec(), nil
	case "snappy":
		return snappy.NewCompressionCodec(), nil
	case "lz4":
		return lz4.NewCompressionCodec(), nil
	}
	return nil, driver.Fail("INVALID_PROPERTY", "CompressionCodec must be none, gzip, snappy or lz4, not %q", text)
}

// Waits until every partition has a leader that takes a connection. A Writer makes its own when it needs them: there is no
// way to have them made before. Keeps trying.
func connect(session *driver.Session, settings *settings) error {
	for {
		err := attempt(session, settings)
		var failure *driver.Failure
		if err == nil || errors.As(err, &failure) {
			return err
		}
		session.Log("warning", "not connected yet: "+err.Error())
		time.Sleep(100 * time.Millisecond)
	}
}

func attempt(session *driver.Session, settings *settings) error {
	var err error
	for _, topic := range session.Configuration.Topics {
		for partition := 0; partition < topic.Partitions; partition++ {
			for _, broker := range settings.Brokers {
				var connection *kafka.Conn
				connection, err = settings.Dialer.DialLeader(context.Background(), "tcp", broker, topic.Name, partition)
				if err == nil {
					connection.Close()
					break
				}
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// topic is a Writer, which has one topic, and what chooses the partitions of its records.
type topic struct {
	session *driver.Session
	writer  *kafka.Writer
	own     kafka.RoundRobin // what a Writer uses where nothing is said

	mutex  sync.Mutex
	offers map[string]*offer // by the first 16 bytes of a value: the id
}

// offer is a record that no partition has taken yet.
type offer struct {
	wanted int // -1: the client chooses
	chosen int // of the last attempt
	taken  chan struct{}
	once   sync.Once
}

func (o *offer) take() { o.once.Do(func() { close(o.taken) }) }

func newTopic(session *driver.Session, config kafka.WriterConfig) *topic {
	t := &topic{session: session, offers: map[string]*offer{}}
	config.Balancer = kafka.BalancerFunc(t.balance)
	t.writer = kafka.NewWriter(config)
	return t
}

func (t *topic) balance(message kafka.Message, partitions ...int) int {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	offered := t.offers[string(message.Value[:16])]
	offered.chosen = offered.wanted
	if offered.wanted < 0 {
		offered.chosen = t.own.Balance(message, partitions...)
	}
	offered.take()
	return offered.chosen
}

func (t *topic) send(index, partition int, id int64) {
	value := t.session.Configuration.Value(id)
	key := string(value[:16])
	offered := &offer{wanted: partition, chosen: partition, taken: make(chan struct{})}
	t.mutex.Lock()
	t.offers[key] = offered
	t.mutex.Unlock()
	t.session.Sent(index, id, partition)
	go func() {
		err := t.writer.WriteMessages(context.Background(), kafka.Message{Value: value})
		t.mutex.Lock()
		delete(t.offers, key)
		t.mutex.Unlock()
		offered.take()
		if err == nil {
			t.session.Acknowledged(index, id, offered.chosen, -1)
		} else {
			t.session.Failed(index, id, partition, err, false)
		}
	}()
	<-offered.taken
}

// kafka-go's log of errors.
type logger struct{ session *driver.Session }

func (l logger) Write(text []byte) (int, error) {
	l.session.Log("error", strings.TrimSpace(string(text)))
	return len(text), nil
}
