// Package driver is what the Go drivers share: the lines of the driver protocol (docs/driver-protocol.md), pacing and
// values. Standard library only; Go 1.19 or later.
package driver

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

const (
	protocol      = 1
	alphabet      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	flushInterval = 10 * time.Millisecond
)

// Failure ends the driver: an `error` line with `fatal: true`, and exit code 1.
type Failure struct{ Name, Message string }

func (failure *Failure) Error() string { return failure.Message }

// Fail makes a Failure.
func Fail(name, format string, arguments ...any) error {
	return &Failure{name, fmt.Sprintf(format, arguments...)}
}

// Topic is a topic that exists already.
type Topic struct {
	Name       string `json:"name"`
	Partitions int    `json:"partitions"`
}

// Configuration is the `configure` line.
type Configuration struct {
	Bootstrap string            `json:"bootstrap"`
	Config    map[string]string `json:"config"`
	Topics    []Topic           `json:"topics"`
	Records   int64             `json:"records"`
	Rate      float64           `json:"rate_records_per_s"` // 0: as fast as the client takes records
	Size      int               `json:"size_bytes"`
	// Whether the client's own partitioner chooses.
	ClientPartitioner bool `json:"-"`
	filler            []byte
}

func parse(line []byte) (*Configuration, error) {
	head := struct {
		Configuration
		Type        string `json:"type"`
		Protocol    int    `json:"protocol"`
		Partitioner string `json:"partitioner"`
	}{}
	if err := json.Unmarshal(line, &head); err != nil {
		return nil, Fail("BAD_CONFIGURE", "cannot read the configure line: %v", err)
	}
	configuration := head.Configuration
	if head.Type != "configure" || head.Protocol != protocol {
		return nil, Fail("BAD_CONFIGURE", "this driver speaks protocol %d and needs configure first", protocol)
	}
	if configuration.Bootstrap == "" || len(configuration.Topics) == 0 || configuration.Size < 16 ||
		configuration.Records < 0 || configuration.Rate < 0 {
		return nil, Fail("BAD_CONFIGURE", "configure needs bootstrap, topics, size_bytes of at least 16, and rate_records_per_s above 0 or null")
	}
	for _, topic := range configuration.Topics {
		if topic.Name == "" || topic.Partitions < 1 {
			return nil, Fail("BAD_CONFIGURE", "configure needs a name and partitions for each topic")
		}
	}
	configuration.ClientPartitioner = head.Partitioner == "client"
	for len(configuration.filler) < configuration.Size+len(alphabet) {
		configuration.filler = append(configuration.filler, alphabet...)
	}
	return &configuration, nil
}

// Value is the value of record id.
func (configuration *Configuration) Value(id int64) []byte {
	value := make([]byte, 0, configuration.Size)
	value = append(value, fmt.Sprintf("%016x", id)...)
	start := int(id+16) % len(alphabet)
	return append(value, configuration.filler[start:start+configuration.Size-16]...)
}

// Place is the topic's index and the partition of record id; the partition is -1 when the client chooses.
func (configuration *Configuration) Place(id int64) (topic, partition int) {
	topics := int64(len(configuration.Topics))
	topic = int(id % topics)
	if configuration.ClientPartitioner {
		return topic, -1
	}
	return topic, int(id / topics % int64(configuration.Topics[topic].Partitions))
}

// Session is one conversation with the harness. Any goroutine may report.
type Session struct {
	Configuration *Configuration
	// Started is closed by `start`, and by `stop` that comes without.
	Started chan struct{}
	// Stopped is closed by `stop`.
	Stopped chan struct{}

	mutex                      sync.Mutex // of the rows
	writing                    sync.Mutex // of standard output
	rows                       [3][][]byte
	sent, acknowledged, failed int64
	settled                    chan struct{}
}

// Now is microseconds since the Unix epoch.
func Now() int64 { return time.Now().UnixMicro() }

// Run speaks the protocol around body, which runs from connecting to the last report, and does not return.
//
// name is the driver's, client and version the library's.
func Run(name, client, version string, body func(*Session) error) {
	session := &Session{
		Started: make(chan struct{}), Stopped: make(chan struct{}), settled: make(chan struct{}, 1),
	}
	session.write(map[string]any{"type": "hello", "protocol": protocol, "driver": name, "client": client, "version": version})
	input := bufio.NewReader(os.Stdin)
	line, err := input.ReadBytes('\n')
	if err == io.EOF && len(line) == 0 {
		os.Exit(0)
	}
	err = session.run(line, input, body)
	if err == nil {
		session.Flush()
		session.write(map[string]any{
			"type": "done", "time_us": Now(), "sent": session.sent, "acknowledged": session.acknowledged, "failed": session.failed,
		})
		os.Exit(0)
	}
	var failure *Failure
	if errors.As(err, &failure) {
		session.Error(failure.Name, failure.Message, true)
	} else {
		session.Error(ErrorName(err), err.Error(), true)
	}
	os.Exit(1)
}

func (session *Session) run(line []byte, input *bufio.Reader, body func(*Session) error) error {
	configuration, err := parse(line)
	if err != nil {
		return err
	}
	session.Configuration = configuration
	for kind := range session.rows {
		session.rows[kind] = make([][]byte, len(configuration.Topics))
	}
	go session.listen(input)
	go func() {
		for range time.Tick(flushInterval) {
			session.Flush()
		}
	}()
	return body(session)
}

func (session *Session) listen(input *bufio.Reader) {
	var started, stopped sync.Once
	for {
		line, err := input.ReadBytes('\n')
		if err != nil {
			// A writer that is blocked in a full pipe must not keep the process alive.
			time.AfterFunc(200*time.Millisecond, func() { os.Exit(0) })
			session.Flush()
			os.Exit(0)
		}
		var message struct{ Type string }
		_ = json.Unmarshal(line, &message)
		switch message.Type {
		case "start":
			started.Do(func() { close(session.Started) })
		case "stop":
			stopped.Do(func() { close(session.Stopped) })
			started.Do(func() { close(session.Started) })
		default:
			fmt.Fprintln(os.Stderr, "ignored a line that is neither start nor stop")
		}
	}
}

// Ready says that the client is in its steady state, and waits for `start`.
func (session *Session) Ready() {
	session.write(map[string]any{"type": "ready", "time_us": Now()})
	<-session.Started
}

// Each calls send for each record when it is due, open loop: record n at start + n / rate, however late the client is.
// It returns after the last record, or at `stop`.
func (session *Session) Each(send func(id int64)) {
	session.write(map[string]any{"type": "began", "time_us": Now()})
	begun := time.Now()
	for id := int64(0); id < session.Configuration.Records; id++ {
		if rate := session.Configuration.Rate; rate > 0 {
			due := begun.Add(time.Duration(float64(id) / rate * float64(time.Second)))
			if wait := time.Until(due); wait > 0 {
				select {
				case <-time.After(wait):
				case <-session.Stopped:
				}
			}
		}
		select {
		case <-session.Stopped:
			return
		default:
			send(id)
		}
	}
}

// Wait waits until every record that was sent has its outcome.
func (session *Session) Wait() {
	for {
		session.mutex.Lock()
		open := session.sent - session.acknowledged - session.failed
		session.mutex.Unlock()
		if open == 0 {
			return
		}
		select {
		case <-session.settled:
		case <-time.After(100 * time.Millisecond):
		}
	}
}

const (
	rowSent = iota
	rowAcknowledged
	rowFailed
)

var rowNames = [3]string{"sent", "acknowledged", "failed"}

func (session *Session) add(kind, topic int, count *int64, row string) {
	session.mutex.Lock()
	rows := session.rows[kind][topic]
	if len(rows) > 0 {
		rows = append(rows, ',')
	}
	session.rows[kind][topic] = append(rows, row...)
	*count++
	session.mutex.Unlock()
	if kind != rowSent {
		select {
		case session.settled <- struct{}{}:
		default:
		}
	}
}

// Sent says that record id is about to be handed to the client.
func (session *Session) Sent(topic int, id int64, partition int) {
	session.add(rowSent, topic, &session.sent, fmt.Sprintf("[%d,%d,%d]", id, partition, Now()))
}

// Acknowledged says that the client delivered record id; offset is -1 when it names none.
func (session *Session) Acknowledged(topic int, id int64, partition int, offset int64) {
	session.add(rowAcknowledged, topic, &session.acknowledged, fmt.Sprintf("[%d,%d,%d,%d]", id, partition, offset, Now()))
}

// Failed says that the client gave record id up; never only when it is certain that it was never written.
func (session *Session) Failed(topic int, id int64, partition int, err error, never bool) {
	persistence := "indeterminate"
	if never {
		persistence = "not_persisted"
	}
	row := fmt.Sprintf(`[%d,%d,%d,"%s","%s"]`, id, partition, Now(), ErrorName(err), persistence)
	session.add(rowFailed, topic, &session.failed, row)
}

// Error reports an error that belongs to no record.
func (session *Session) Error(name, message string, fatal bool) {
	session.Flush()
	session.write(map[string]any{"type": "error", "time_us": Now(), "name": name, "message": message, "fatal": fatal})
}

// Log passes a line of the client's own log on.
func (session *Session) Log(level, message string) {
	session.write(map[string]any{"type": "log", "time_us": Now(), "level": level, "message": message})
}

// Flush writes the rows that wait. `sent` rows precede the others, so that no report precedes its record.
func (session *Session) Flush() {
	session.writing.Lock()
	defer session.writing.Unlock()
	var text []byte
	session.mutex.Lock()
	for kind, topics := range session.rows {
		for topic, rows := range topics {
			if len(rows) > 0 {
				text = append(text, fmt.Sprintf(`{"type":"%s","topic":%d,"rows":[`, rowNames[kind], topic)...)
				text = append(append(text, rows...), "]}\n"...)
				topics[topic] = nil
			}
		}
	}
	session.mutex.Unlock()
	put(text)
}

func (session *Session) write(fields map[string]any) {
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	session.writing.Lock()
	defer session.writing.Unlock()
	put(append(text, '\n'))
}

func put(text []byte) {
	if len(text) == 0 {
		return
	}
	if _, err := os.Stdout.Write(text); err != nil {
		os.Exit(1) // the harness is gone: there is nobody left to tell
	}
}
