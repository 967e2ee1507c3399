import Glibc
import SystemCalls
import Testing

@Suite struct LineInputTests {
    private func lines(of pieces: [String]) throws -> [String] {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let writer = ends[1]
        WorkerThread.start {
            for piece in pieces {
                Descriptor.write(piece, to: writer)
                usleep(2000)
            }
            close(writer)
        }
        let input = LineInput(ends[0])
        var found: [String] = []
        while let line = input.next() { found.append(String(decoding: line, as: UTF8.self)) }
        close(ends[0])
        #expect(input.hasEnded)
        return found
    }

    @Test("lines come whole, however the bytes arrive") func whole() throws {
        #expect(try lines(of: ["stop\n"]) == ["stop"])
        #expect(try lines(of: ["st", "op\nst", "art\n\n"]) == ["stop", "start", ""])
    }

    @Test("an unfinished last line is dropped") func unfinished() throws { #expect(try lines(of: ["a\nsto"]) == ["a"]) }

    @Test("nothing is no line") func empty() throws { #expect(try lines(of: []) == []) }
}
