// The driver over sarama. Speaks docs/driver-protocol.md.
//
// Properties are the fields of sarama.Config by their path, `Producer.RequiredAcks`.
//
// Persistence: sarama does not say whether a failed record was written, and a batch that fails after a retry may have
// been written by an earlier attempt. So a record is `not_persisted` only when the configuration forbids to send it at
// all; everything else is `indeterminate`.
package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"crosswind.local/driver"
	"github.com/Shopify/sarama"
)

// version is sarama's, set when the driver is linked: the library has no word for it.
var version = "unknown"

// Who made which record: ProducerMessage.Metadata comes back unchanged.
type place struct {
	id               int64
	topic, partition int
}

func main() {
	for err, name := range map[error]string{
		sarama.ErrOutOfBrokers: "ErrOutOfBrokers", sarama.ErrClosedClient: "ErrClosedClient",
		sarama.ErrIncompleteResponse: "ErrIncompleteResponse", sarama.ErrInvalidPartition: "ErrInvalidPartition",
		sarama.ErrAlreadyConnected: "ErrAlreadyConnected", sarama.ErrNotConnected: "ErrNotConnected",
		sarama.ErrInsufficientData: "ErrInsufficientData", sarama.ErrShuttingDown: "ErrShuttingDown",
	} {
		driver.Names[err] = name
	}
	driver.Run("crosswind-sarama", "sarama", version, body)
}

func body(session *driver.Session) error {
	sarama.Logger = logger{session}
	config, err := configure(session.Configuration)
	if err != nil {
		return err
	}
	producer, err := connect(session, config)
	if err != nil {
		return err
	}
	go func() {
		for message := range producer.Successes() {
			made := message.Metadata.(place)
			offset := message.Offset
			if config.Producer.RequiredAcks == sarama.NoResponse {
				offset = -1 // there was no answer to take it from
			}
			session.Acknowledged(made.topic, made.id, int(message.Partition), offset)
		}
	}()
	go func() {
		for failure := range producer.Errors() {
			made := failure.Msg.Metadata.(place)
			var wrong sarama.ConfigurationError
			session.Failed(made.topic, made.id, made.partition, failure.Err, errors.As(failure.Err, &wrong))
		}
	}()
	session.Ready()
	session.Each(func(id int64) {
		topic, partition := session.Configuration.Place(id)
		message := &sarama.ProducerMessage{
			Topic: session.Configuration.Topics[topic].Name, Partition: int32(partition),
			Value: sarama.ByteEncoder(session.Configuration.Value(id)), Metadata: place{id, topic, partition},
		}
		session.Sent(topic, id, partition)
		producer.Input() <- message
	})
	// There is no flush: what waits goes out after Producer.Flush.Frequency, as it does for an application that closes.
	session.Wait()
	return nil
}

func configure(configuration *driver.Configuration) (*sarama.Config, error) {
	config := sarama.NewConfig()
	err := driver.Apply(configuration.Config, config, map[string]driver.Converter{
		"RequiredAcks":     requiredAcks,
		"CompressionCodec": compression,
		"KafkaVersion":     func(text string) (any, error) { return sarama.ParseKafkaVersion(text) },
	})
	if err != nil {
		return nil, err
	}
	config.Producer.Return.Successes = true
	config.Producer.Return.Errors = true
	if !configuration.ClientPartitioner {
		config.Producer.Partitioner = sarama.NewManualPartitioner
	}
	return config, config.Validate()
}

// sarama's own words, Kafka's, and the number.
func requiredAcks(text string) (any, error) {
	switch strings.ToLower(text) {
	case "noresponse":
		return sarama.NoResponse, nil
	case "waitforlocal":
		return sarama.WaitForLocal, nil
	case "waitforall", "all":
		return sarama.WaitForAll, nil
	}
	number, err := strconv.ParseInt(text, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("NoResponse, WaitForLocal, WaitForAll or a number, not %q", text)
	}
	return sarama.RequiredAcks(number), nil
}

func compression(text string) (any, error) {
	for codec := sarama.CompressionNone; codec <= sarama.CompressionZSTD; codec++ {
		if codec.String() == strings.ToLower(text) {
			return codec, nil
		}
	}
	return nil, fmt.Errorf("none, gzip, snappy, lz4 or zstd, not %q", text)
}

// The producer, with metadata, a connection to every leader, and its producer id where it is idempotent. Keeps trying.
func connect(session *driver.Session, config *sarama.Config) (sarama.AsyncProducer, error) {
	for {
		producer, err := attempt(session, config)
		var wrong sarama.ConfigurationError
		var failure *driver.Failure
		if err == nil || errors.As(err, &wrong) || errors.As(err, &failure) {
			return producer, err
		}
		session.Log("warning", "not connected yet: "+err.Error())
		time.Sleep(100 * time.Millisecond)
	}
}

func attempt(session *driver.Session, config *sarama.Config) (sarama.AsyncProducer, error) {
	client, err := sarama.NewClient(strings.Split(session.Configuration.Bootstrap, ","), config)
	if err != nil {
		return nil, err
	}
	for _, topic := range session.Configuration.Topics {
		found, err := client.Partitions(topic.Name)
		if err == nil && len(found) < topic.Partitions {
			err = driver.Fail("UNKNOWN_TOPIC_OR_PARTITION", "topic %s has %d partitions", topic.Name, len(found))
		}
		for partition := int32(0); err == nil && partition < int32(topic.Partitions); partition++ {
			err = connectLeader(client, config, topic.Name, partition)
		}
		if err != nil {
			client.Close()
			return nil, err
		}
	}
	producer, err := sarama.NewAsyncProducerFromClient(client)
	if err != nil {
		client.Close()
	}
	return producer, err
}

func connectLeader(client sarama.Client, config *sarama.Config, topic string, partition int32) error {
	leader, err := client.Leader(topic, partition)
	if err != nil {
		return err
	}
	if err := leader.Open(config); err != nil && err != sarama.ErrAlreadyConnected {
		return err
	}
	connected, err := leader.Connected() // waits for the connection that is being made
	if err == nil && !connected {
		err = sarama.ErrNotConnected
	}
	return err
}

// sarama's log has one level.
type logger struct{ session *driver.Session }

func (l logger) Print(words ...any)                 { l.say(fmt.Sprint(words...)) }
func (l logger) Printf(format string, words ...any) { l.say(fmt.Sprintf(format, words...)) }
func (l logger) Println(words ...any)               { l.say(fmt.Sprintln(words...)) }
func (l logger) say(text string)                    { l.session.Log("info", strings.TrimSpace(text)) }
